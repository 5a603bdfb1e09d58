//! Lets the native program find libsafe.so where it was linked, and the host of a guest call its functions.

use std::env;

fn main() {
    if env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo:rustc-cdylib-link-arg=--export-table");
    } else if let Ok(folder) = env::var("DEP_SAFE_LIB_DIR") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder);
    }
}
