//! Takes the page from the folder `web` into the server: every file, without lines of comment, as it is and compressed,
//! in a folder that is named for the hash of them all. So files may be cached for ever, and modules import each other by
//! plain relative paths. Not here: how they are served.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// What in the page stands for the folder of its files.
const FOLDER_MARK: &str = "{assets}";

/// What in the page stands for the list of its modules: fetched at once, not one after the other as they import each
/// other.
const MODULES_MARK: &str = "{modules}";

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../web");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", root.display());
    let mut names = Vec::new();
    list(&root.join("page"), "", &mut names)?;
    names.sort();
    let mut hash = Sha256::new();
    let mut files = Vec::new();
    for name in &names {
        let bytes = fs::read(root.join("page").join(name))?;
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(&bytes);
        files.push((name.as_str(), bytes));
    }
    let digest = hash.finalize();
    let hash = digest.iter().take(8).fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
    let mut table = format!("const HASH: &str = \"{hash}\";\nstatic ASSETS: &[Asset] = &[\n");
    let mut page = None;
    for (name, bytes) in files {
        if name == "index.html" {
            let text = String::from_utf8(bytes)?.replace(MODULES_MARK, &preloads(&names));
            let text = text.replace(FOLDER_MARK, &format!("/assets/{hash}"));
            page = Some(asset(&out, "", "index.html", text.as_bytes())?);
        } else {
            let served = if is_code(name) {
                without_comments(std::str::from_utf8(&bytes)?).into_bytes()
            } else {
                bytes
            };
            writeln!(table, "{},", asset(&out, name, name, &served)?)?;
        }
    }
    writeln!(table, "];\nstatic PAGE: Asset = {};", page.ok_or("web/page/index.html is missing")?)?;
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

fn is_code(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "js" || extension == "css")
}

/// A script or style without the lines that hold nothing but a comment: a fifth of what a phone would fetch. What
/// stands beside code stays, and so does the code, line by line. No text of the page has a line that begins like a
/// comment, and the page's own tests run what is left.
fn without_comments(text: &str) -> String {
    let mut in_comment = false;
    let is_code = |line: &&str| {
        let line = line.trim();
        let begins = line.starts_with("/*");
        if in_comment || begins {
            in_comment = !line.contains("*/");
            return begins && !in_comment && !line.ends_with("*/");
        }
        !line.is_empty() && !line.starts_with("//")
    };
    let lines: Vec<&str> = text.lines().filter(is_code).collect();
    lines.join("\n")
}

/// The names of all files below a folder, with slashes.
fn list(folder: &Path, prefix: &str, names: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

/// A line for each module: all that is in the folder `app`.
fn preloads(names: &[String]) -> String {
    let modules = names.iter().filter(|name| name.starts_with("app/"));
    let lines = modules.map(|name| format!("<link rel=\"modulepreload\" href=\"{FOLDER_MARK}/{name}\">"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Writes a file's forms and returns its row in the table.
fn asset(out: &Path, name: &str, stored_as: &str, bytes: &[u8]) -> Result<String, Box<dyn Error>> {
    let stored_as = stored_as.replace('/', "-");
    let media_type = media_type(&stored_as)?;
    // What is compressed already, such as a font, only grows.
    let or_nothing = |packed: Vec<u8>| if packed.len() < bytes.len() { packed } else { Vec::new() };
    let mut row = format!("Asset {{ name: {name:?}, media_type: {media_type:?}");
    for (field, form) in [
        ("plain", bytes.to_vec()),
        ("brotli", or_nothing(brotli(bytes)?)),
        ("gzip", or_nothing(gzip(bytes)?)),
    ] {
        let path = out.join(format!("{stored_as}.{field}"));
        fs::write(&path, form)?;
        write!(row, ", {field}: include_bytes!({:?})", path.display().to_string())?;
    }
    Ok(row + " }")
}

fn media_type(name: &str) -> Result<&'static str, Box<dyn Error>> {
    Ok(match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => return Err(format!("build.rs does not know the media type of {name}").into()),
    })
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &params)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
