//! The commented default configuration and the starter pack of sources, as they travel in the binary.

use std::path::Path;

use include_dir::{Dir, include_dir};

static DIRECTORY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config");

/// The sample newsroom is part of the directory, and not of a configuration.
const SAMPLE: &str = "demo";

/// One file of the default configuration.
#[derive(Debug, Clone, Copy)]
pub struct DefaultFile {
    /// Relative to the configuration directory.
    pub path: &'static Path,
    pub text: &'static str,
}

/// The files of the default configuration, by path.
pub fn files() -> Vec<DefaultFile> {
    let mut files = Vec::new();
    collect(&DIRECTORY, &mut files);
    files.sort_by_key(|file| file.path);
    files
}

fn collect(directory: &'static Dir<'static>, files: &mut Vec<DefaultFile>) {
    for file in directory.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "toml")) {
        if let Some(text) = file.contents_utf8() {
            files.push(DefaultFile { path: file.path(), text });
        }
    }
    for inner in directory.dirs().filter(|inner| inner.path() != Path::new(SAMPLE)) {
        collect(inner, files);
    }
}
