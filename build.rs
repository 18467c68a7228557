//! Says which embedded folders make the program stale: `include_dir!` and `sqlx::migrate!` do not notice added files themselves.

fn main() {
    println!("cargo::rerun-if-changed=config");
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=migrations");
}
