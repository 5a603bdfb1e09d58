//! What the tests share.

use libsafe::Client;

pub const MIB: usize = 1 << 20;

#[allow(dead_code)] // ports.rs has vaults of its own
pub fn vault() -> Client {
    libsafe::connect("mem:").wait().unwrap()
}

/// Bytes without a pattern that a compressor would find.
pub fn content(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..size).map(|_| next()).collect()
}

/// Runs a test and checks that it leaves no handle behind.
pub fn without_leaks(test: impl FnOnce()) {
    test();
    // An operation that was dropped in the middle goes on to its end by itself.
    for _ in 0..6000 {
        if libsafe::live_handles() == 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{} handles are left", libsafe::live_handles());
}
