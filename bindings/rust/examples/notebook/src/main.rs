//! The notebook as a native program: notebook [VAULT-URL]

fn main() {
    let url = std::env::args().nth(1).unwrap_or_else(|| "mem:".to_string());
    match libsafe::block_on(notebook::story(&url)) {
        Ok(text) => println!("{}", text),
        Err(error) => {
            eprintln!("notebook: {}", error);
            std::process::exit(1);
        }
    }
    eprintln!("live handles {}", libsafe::live_handles());
}
