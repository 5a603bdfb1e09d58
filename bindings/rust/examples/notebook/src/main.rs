//! The notebook as a native program: notebook [VAULT-URL]

fn main() {
    let url = std::env::args().nth(1).unwrap_or_else(|| "mem:".to_string());
    let (worked, transcript) = libsafe::block_on(notebook::demo(&url));
    print!("{}", transcript);
    std::process::exit(if worked { 0 } else { 1 });
}
