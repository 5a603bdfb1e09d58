//! Says where libsafe.so is: in SAFE_LIB_DIR, or beside this crate as a build of libsafe leaves it, or where the system has
//! its libraries. A guest needs none.

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-env-changed=SAFE_LIB_DIR");
    if env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        return;
    }
    let beside = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../lib");
    let folder = match env::var("SAFE_LIB_DIR") {
        Ok(folder) => PathBuf::from(folder),
        Err(_) if beside.join("libsafe.so").exists() => beside,
        Err(_) => return,
    };
    println!("cargo:rustc-link-search=native={}", folder.display());
    println!("cargo:lib_dir={}", folder.display()); // DEP_SAFE_LIB_DIR of those who depend on the crate
}
