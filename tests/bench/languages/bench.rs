//! The Rust crate:  bench FILE [DIVISOR]

use libsafe::{Client, Link, Put};
use std::io::{Read, Write};
use std::os::raw::{c_char, c_void};
use std::time::Instant;

const PIECE: usize = 1 << 20;

extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
}

/// With allocations.c preloaded.
fn allocations() -> u64 {
    unsafe {
        let count = dlsym(std::ptr::null_mut(), b"safe_bench_allocations\0".as_ptr().cast());
        if count.is_null() {
            return 0;
        }
        std::mem::transmute::<*mut c_void, extern "C" fn() -> u64>(count)()
    }
}

fn measured(name: &str, calls: usize, mut call: impl FnMut()) -> String {
    let (mut best, mut asked) = (f64::MAX, 0);
    for _ in 0..200 {
        let before = allocations();
        let begin = Instant::now();
        (0..calls).for_each(|_| call());
        best = best.min(begin.elapsed().as_secs_f64());
        asked = allocations() - before;
    }
    let calls = calls as f64;
    format!("\"{}\": {{\"ns\": {:.1}, \"allocations\": {:.2}}}", name, best / calls * 1e9, asked as f64 / calls)
}

fn fastest(mut work: impl FnMut()) -> f64 {
    let rounds = (0..3).map(|_| {
        let begin = Instant::now();
        work();
        begin.elapsed().as_secs_f64()
    });
    rounds.fold(f64::MAX, f64::min)
}

fn write(client: &Client, content: &[u8], how: Put) -> Link {
    let mut stream = client.writer(None, how).wait().unwrap().into_stream();
    content.chunks(PIECE).for_each(|piece| stream.write_all(piece).unwrap());
    stream.finish().unwrap().link().unwrap()
}

fn read(client: &Client, link: &Link, room: &mut [u8]) {
    let mut stream = client.open(link).wait().unwrap().into_stream();
    while stream.read(room).unwrap() > 0 {}
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let content = std::fs::read(arguments.next().expect("a file")).unwrap();
    let by: usize = arguments.next().map_or(1, |divisor| divisor.parse().unwrap());
    let client = libsafe::connect("mem:").wait().unwrap();
    let link = write(&client, &content, Put::PRIVATE);
    let text = link.text();
    let calls = [
        measured("empty", 20_000 / by, || {
            libsafe::version_number();
        }),
        measured("link", 250 / by, || drop(Link::parse(&text).unwrap())),
        measured("operation", 50 / by, || {
            client.has_chunk(&[1; 32]).wait().unwrap();
        }),
    ];
    let writing = fastest(|| drop(write(&client, &content, Put::PRIVATE.dry_run())));
    let mut room = vec![0; PIECE];
    let reading = fastest(|| read(&client, &link, &mut room));
    println!("{{{}, \"write\": {:.6}, \"read\": {:.6}}}", calls.join(", "), writing, reading);
}
