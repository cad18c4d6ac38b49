//! The rule of links: a relative link in a document points at a file that is in the project.
//! Addresses of other places are not opened, and anchors inside a document are not followed.

use super::{Finding, tree::Tree};

/// Every relative link that points at nothing.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let documents = tree.files.iter().filter(|file| has_extension(&file.path, "md"));
    documents.flat_map(|file| check_document(tree, &file.path, &file.text)).collect()
}

fn has_extension(path: &str, wanted: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == wanted)
}

fn check_document(tree: &Tree, path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut is_fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        }
        let line = if is_fenced { String::new() } else { without_code(line) };
        for target in targets(&line).into_iter().filter_map(relative) {
            if resolve(path, target).is_none_or(|resolved| !is_there(tree, &resolved)) {
                let text =
                    format!("the link to `{target}` points at no file of the project: mend or remove it");
                findings.push(Finding::new(path, index + 1, text));
            }
        }
    }
    findings
}

/// A line without what stands between backquotes.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// What the links and pictures in a line point at: `[text](target)`, `[name]: target`, `href="target"`, `src="target"`.
fn targets(line: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    for (opening, closing) in [("](", ')'), ("href=\"", '"'), ("src=\"", '"')] {
        let inside = line.split(opening).skip(1).filter_map(|rest| rest.split_once(closing));
        targets.extend(inside.map(|(target, _)| target));
    }
    let definition = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]:"));
    targets.extend(definition.map(|(_, target)| target));
    targets
}

/// The path in a link's target, if it points into the project.
fn relative(target: &str) -> Option<&str> {
    // A title may follow the address; an address with spaces stands in angle brackets.
    let target = target.trim();
    let address = match target.strip_prefix('<') {
        Some(rest) => rest.split('>').next()?,
        None => target.split_whitespace().next()?,
    };
    let path = address.split(['#', '?']).next()?;
    let has_scheme = path.split_once(':').is_some_and(|(scheme, _)| !scheme.contains('/'));
    (!path.is_empty() && !has_scheme && !path.starts_with("//")).then_some(path)
}

/// The path from the root of what a link in `document` points at; `None` if it leads out of the project.
fn resolve(document: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> =
        if target.starts_with('/') { Vec::new() } else { document.split('/').collect() };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether the project has this file, or files in this folder. The disk is not asked: it may hold what others lack.
fn is_there(tree: &Tree, path: &str) -> bool {
    path.is_empty() || tree.paths.contains(path) || {
        let folder = format!("{path}/");
        tree.paths.range(folder.clone()..).next().is_some_and(|next| next.starts_with(&folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines with findings in `docs/A.md` of a small project.
    fn found(text: &str) -> Vec<usize> {
        let paths = ["README.md", "docs/B.md", "examples/server.cnf"];
        let others = paths.map(|path| (path.to_owned(), Vec::new()));
        let tree = Tree::new(others);
        check_document(&tree, "docs/A.md", text).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn links_to_files_and_folders_of_the_project_are_right() {
        for text in
            ["[b](B.md)", "[b](./B.md#part)", "[r](../README.md \"title\")", "[e](../examples/)", "[b]: B.md"]
        {
            assert_eq!(found(text), [0_usize; 0], "{text}");
        }
    }

    #[test]
    fn links_to_nothing_are_found_with_their_line() {
        for text in [
            "\n[c](C.md)",
            "\n[![p](p.png)](B.md)",
            "\n<img src=\"x.png\">",
            "\n[c]: c.md",
            "\n[o](../../x.md)",
        ] {
            assert_eq!(found(text), [2], "{text}");
        }
        assert_eq!(found("[a](x.md) [b](y.md)"), [1, 1]);
    }

    #[test]
    fn other_places_and_code_are_left_alone() {
        for text in [
            "[w](https://example.org/x)",
            "[m](mailto:a@b.c)",
            "[h](#here)",
            "`[c](C.md)`",
            "```\n[c](C.md)\n```",
        ] {
            assert_eq!(found(text), [0_usize; 0], "{text}");
        }
    }
}
