//! The rule of the protocol: its document changes with its source. The document carries the hash of the source, so
//! whoever changes the wire has to look at the document once, and says so with `--bless`.

use std::fs;

use sha2::{Digest, Sha256};

use super::{Finding, tree::Tree};
use crate::process;

/// The document that describes the wire.
const DOCUMENT: &str = "docs/PROTOCOL.md";
/// The folder of the wire's source.
const SOURCE: &str = "crates/proto/src/";
/// What stands before and after the hash in the document.
const MARK: (&str, &str) = ("<!-- protocol source: sha256:", " -->");

/// One finding if the document does not carry the hash of the source.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let hash = hash(tree);
    let Some(document) = tree.text(DOCUMENT) else {
        return vec![Finding::new(DOCUMENT, 1, "is missing: the protocol has no description")];
    };
    let finding = |line, cause: &str| {
        let remedy = "see that the document is still true, then run `cargo xtask tidy --bless`";
        vec![Finding::new(DOCUMENT, line, format!("{cause}: {remedy}"))]
    };
    let marked = document.lines().enumerate().find_map(|(index, line)| Some((index + 1, marked_hash(line)?)));
    match marked {
        Some((_, marked)) if marked == hash => Vec::new(),
        Some((line, _)) => finding(line, "the protocol's source changed"),
        None => finding(1, "carries no hash of the protocol's source"),
    }
}

/// Writes the hash of the source into the document, at its end if it carries none yet.
///
/// # Errors
/// Says that the document is missing or could not be written.
pub(super) fn bless(tree: &Tree) -> Result<(), String> {
    let document = tree.text(DOCUMENT).ok_or_else(|| format!("{DOCUMENT} is missing: write it first"))?;
    let text = blessed(document, &hash(tree));
    fs::write(process::root().join(DOCUMENT), text).map_err(|error| format!("{DOCUMENT}: {error}"))
}

/// The document with this hash instead of the one it carries.
fn blessed(document: &str, hash: &str) -> String {
    let mark = format!("{}{hash}{}", MARK.0, MARK.1);
    if !document.lines().any(|line| marked_hash(line).is_some()) {
        return format!("{}\n\n{mark}\n", document.trim_end());
    }
    let lines = document.lines().map(|line| if marked_hash(line).is_some() { mark.as_str() } else { line });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The hash in a line of the document, if it is the line that carries it.
fn marked_hash(line: &str) -> Option<&str> {
    line.trim().strip_prefix(MARK.0)?.strip_suffix(MARK.1)
}

/// SHA-256, in hex, over the code of the protocol's crate: paths and lines in order, without comments and tests, so
/// that only a change of the code asks for a look at the document.
fn hash(tree: &Tree) -> String {
    let mut hasher = Sha256::new();
    for (path, source) in tree.rust().filter(|(path, _)| path.starts_with(SOURCE)) {
        let mut code = source.lines.iter().filter(|line| !line.is_test && line.is_code()).peekable();
        if code.peek().is_none() {
            continue;
        }
        hasher.update(format!("file {path}\n"));
        for line in code {
            hasher.update(line.text.trim_end());
            hasher.update("\n");
        }
    }
    hasher.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(source: &str, document: &str) -> Tree {
        let source = ("crates/proto/src/lib.rs".to_owned(), source.as_bytes().to_vec());
        Tree::new([source, (DOCUMENT.to_owned(), document.as_bytes().to_vec())])
    }

    #[test]
    fn the_hash_follows_the_code_and_neither_comments_nor_tests() {
        let of = |source| hash(&tree(source, ""));
        let plain = of("const A: &str = \"a\";\n");
        assert_eq!(plain, of("//! Wire.\n\nconst A: &str = \"a\"; // why\n#[cfg(test)]\nmod tests {}\n"));
        assert_ne!(plain, of("const A: &str = \"b\";\n"));
    }

    #[test]
    fn the_hash_is_the_sha256_that_other_tools_compute() {
        // printf 'file crates/proto/src/lib.rs\nmod a;\n' | sha256sum
        let expected = "f4b4f6af4c788860d8497bf6342adf9a612a53c574a5bd8d6efd578f628fca18";
        assert_eq!(hash(&tree("mod a;\n", "")), expected);
    }

    #[test]
    fn a_document_is_right_once_blessed_and_wrong_after_a_change() {
        for document in ["# Protocol\n", "# Protocol\n<!-- protocol source: sha256:00 -->\nend\n"] {
            assert_eq!(check(&tree("mod a;\n", document)).len(), 1, "{document}");
            let right = blessed(document, &hash(&tree("mod a;\n", "")));
            assert_eq!(check(&tree("mod a;\n", &right)), [], "{right}");
            assert_eq!(check(&tree("mod b;\n", &right)).len(), 1, "{right}");
            assert_eq!(right.matches("sha256:").count(), 1, "{right}");
        }
    }

    #[test]
    fn a_missing_document_is_found() {
        assert_eq!(check(&Tree::new([])).len(), 1);
    }
}
