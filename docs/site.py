"""What mkdocs is told beside mkdocs.yml: files from outside this folder that pages lead to become part of the site."""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
_OUTSIDE = re.compile(r"\]\(\.\./([^)#\s]+)")
_HERE = re.compile(r"\]\((?:\.\./)?docs/([^)\s]+)")


def on_files(files: Any, config: Any) -> Any:
    """Adds what some page leads to, under about/."""
    for page in sorted(Path(config["docs_dir"]).glob("*.md")):
        for target in _OUTSIDE.findall(page.read_text("utf-8")):
            if not files.get_file_from_path(f"about/{target}"):
                files.append(File.generated(config, f"about/{target}", abs_src_path=str(ROOT / target)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Leads to where these files lie in the site; what they lead to besides stays text."""
    if not page.file.src_uri.startswith("about/"):
        return _OUTSIDE.sub(r"](about/\1", markdown)
    up = "../" * page.file.src_uri.count("/")
    markdown = _HERE.sub(rf"]({up}\1", markdown)
    return re.sub(r"\[([^\]]+)\]\((?!https?:|#|\.\./)[^)]*\)", r"\1", markdown)
