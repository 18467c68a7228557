//! `presswatch init DIR`.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use crate::cli::{Global, terminal};
use crate::config::defaults;

/// Writes a commented default configuration.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to write it; made if it is not there.
    directory: PathBuf,
    /// Overwrites the files that are already there with the defaults. Other files stay.
    #[arg(long)]
    force: bool,
}

#[expect(clippy::needless_pass_by_value, reason = "all commands have one signature")]
pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    let files = defaults::files();
    let directory = &args.directory;
    let present: Vec<String> =
        files.iter().map(|file| directory.join(file.path)).filter(|path| path.exists()).map(|path| path.display().to_string()).collect();
    if !present.is_empty() && !args.force {
        eprintln!("presswatch: nothing was written, because these files are already there:");
        for path in &present {
            eprintln!("  {}", terminal::clean(path));
        }
        eprintln!("Choose another directory, or overwrite them with --force.");
        return Ok(ExitCode::from(2));
    }
    for file in &files {
        write(&directory.join(file.path), file.text)?;
    }
    if global.json {
        let paths: Vec<String> = files.iter().map(|file| directory.join(file.path).display().to_string()).collect();
        terminal::json(&serde_json::json!({ "directory": directory, "written": paths }));
        return Ok(ExitCode::SUCCESS);
    }
    let shown = directory.display();
    terminal::line(&format!("Wrote {} files to {shown}, readable by you alone.", files.len()));
    terminal::line("");
    terminal::line("Next:");
    terminal::line(&format!("  1. Tell where alerts go: {shown}/watchlists.d/30-channels.toml, and [smtp] in {shown}/presswatch.toml for e-mail."));
    terminal::line(&format!("  2. Name the channel in the lists you want: {shown}/watchlists.d/."));
    terminal::line(&format!("  3. presswatch check --config {shown}"));
    terminal::line(&format!("  4. presswatch sources test --config {shown}    (the starter sources were never tried from here)"));
    terminal::line(&format!("  5. presswatch run --config {shown}"));
    Ok(ExitCode::SUCCESS)
}

/// Writes one file for its owner alone, and the directories above it likewise.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(parent) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    }
    let open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    open.and_then(|mut file| file.write_all(text.as_bytes())).with_context(|| format!("cannot write {}", path.display()))
}
