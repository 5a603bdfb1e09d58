//! A store of the runner's own, whose values are files of a folder named by their keys; and a transport that reaches a vault over
//! sockets.

use crate::line::{percent, plain};
use libsafe::{ffi, vault, Operation, Port, Request, RequestKind, Result};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What runs behind a port until it is dropped.
pub struct Server {
    port: Arc<Port>,
    gate: Arc<Gate>,
    thread: Option<JoinHandle<()>>,
}

/// While it is held, reads wait.
#[derive(Default)]
struct Gate {
    held: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    fn pass(&self) {
        let held = self.held.lock().unwrap();
        drop(self.changed.wait_while(held, |held| *held).unwrap());
    }
}

impl Server {
    pub fn store(scheme: &str, folder: &str) -> Result<Server> {
        let port = Arc::new(Port::store(scheme)?);
        let gate = Arc::new(Gate::default());
        let store = Folder { path: folder.into(), gate: gate.clone(), count: 0 };
        let served = port.clone();
        Ok(Server { port, gate, thread: Some(thread::spawn(move || store.serve(&served))) })
    }

    pub fn transport(scheme: &str, vault: &str) -> Result<Server> {
        let port = Arc::new(Port::transport(scheme)?);
        let mut wires = Wires { scheme: scheme.into(), vault: vault.into(), ..Wires::default() };
        let served = port.clone();
        let thread = thread::spawn(move || wires.serve(&served));
        Ok(Server { port, gate: Arc::default(), thread: Some(thread) })
    }

    pub fn hold(&self, hold: bool) {
        *self.gate.held.lock().unwrap() = hold;
        self.gate.changed.notify_all();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.hold(false);
        self.port.close();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("a server that does not panic");
        }
    }
}

struct Folder {
    path: PathBuf,
    gate: Arc<Gate>,
    count: u64,
}

impl Folder {
    /// Woken by the library when requests wait.
    fn serve(mut self, port: &Port) {
        let (woken, wakes) = std::sync::mpsc::channel();
        loop {
            let wake = woken.clone();
            if port.on_request(move || drop(wake.send(()))).is_err() {
                return; // it was closed
            }
            // Closing a port does not wake it; so it is asked now and then whether it is there.
            while wakes.recv_timeout(Duration::from_millis(50)).is_err() {
                if port.on_request(|| ()).err().map_or(false, |error| error.code == ffi::SAFE_INVALID_HANDLE) {
                    return;
                }
            }
            while let Ok(Some(request)) = port.next(Some(Duration::ZERO)) {
                // That it was closed meanwhile is all that can be wrong; nobody waits then.
                let _ = self.answer(&request);
            }
        }
    }

    fn file(&self, key: &str) -> PathBuf {
        self.path.join(percent(key).replace('/', "%2F").replace(':', "%3A"))
    }

    fn answer(&mut self, request: &Request) -> Result<()> {
        let file = self.file(&request.key());
        match request.kind() {
            RequestKind::Open => self.open(request),
            RequestKind::Close => request.done(true),
            RequestKind::Create | RequestKind::Replace => {
                self.count += 1;
                let new = self.path.join(format!(".rust-{}-{}", std::process::id(), self.count));
                fs::write(&new, request.data()).expect("room for a value");
                let made = if request.kind() == RequestKind::Create { fs::hard_link(&new, &file) } else { fs::rename(&new, &file) };
                let _ = fs::remove_file(&new);
                request.done(made.is_ok())
            }
            RequestKind::Get => {
                self.gate.pass();
                match fs::read(file) {
                    Ok(value) => {
                        let from = value.len().min(request.offset() as usize);
                        let to = value.len().min(from + request.length() as usize);
                        request.give(&value[from..to])
                    }
                    Err(_) => request.none(),
                }
            }
            RequestKind::Exists => request.done(file.exists()),
            RequestKind::Remove => request.done(fs::remove_file(file).is_ok()),
            RequestKind::List => {
                let after = request.after();
                let mut found = self.keys(&request.key()).into_iter().filter(|(key, _)| *key > after);
                for (key, size) in found.by_ref().take(request.limit() as usize) {
                    request.add(&key, size)?;
                }
                request.done(found.next().is_some())
            }
            RequestKind::Figures => {
                let found = self.keys(&request.key());
                request.figures(found.len() as u64, found.values().sum(), 0, 0)
            }
            _ => request.fail(ffi::SAFE_UNSUPPORTED, "a store has no such request"),
        }
    }

    fn open(&self, request: &Request) -> Result<()> {
        assert!(!request.url().is_empty() && request.connection() != 0);
        if !request.may_create() && !self.path.exists() {
            return request.fail(ffi::SAFE_STORE_MISSING, "there is no such folder");
        }
        fs::create_dir_all(&self.path).expect("a folder");
        request.done(true)
    }

    fn keys(&self, prefix: &str) -> BTreeMap<String, u64> {
        let entries = fs::read_dir(&self.path).expect("a folder").flatten();
        let named = entries.map(|entry| (plain(&entry.file_name().to_string_lossy()), entry.metadata().map_or(0, |about| about.len())));
        named.filter(|(key, _)| !key.starts_with('.') && key.starts_with(prefix)).collect()
    }
}

/// Whoever connects to the scheme gets one end of a pair; at the other the vault is served.
#[derive(Default)]
struct Wires {
    scheme: String,
    vault: String,
    open: HashMap<u64, UnixStream>,
    other_ends: HashMap<String, UnixStream>,
    served: Vec<Operation<()>>,
}

impl Wires {
    fn serve(&mut self, port: &Port) {
        while let Ok(Some(request)) = port.next(None) {
            let connection = request.connection();
            match request.kind() {
                RequestKind::Open => {
                    let end = self.end_for(&request.url());
                    self.open.insert(connection, end);
                    let _ = request.done(true);
                }
                RequestKind::Close => {
                    if let Some(end) = self.open.remove(&connection) {
                        let _ = end.shutdown(Shutdown::Both);
                    }
                    let _ = request.done(true);
                }
                _ => {
                    if let Some(end) = self.open.get(&connection) {
                        let end = end.try_clone().expect("a socket");
                        thread::spawn(move || move_bytes(end, &request));
                    }
                }
            }
        }
        for end in self.open.values() {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    fn end_for(&mut self, url: &str) -> UnixStream {
        if let Some(end) = self.other_ends.remove(url) {
            return end;
        }
        let (mine, other) = UnixStream::pair().expect("a pair of sockets");
        let name = format!("{}:served-{}", self.scheme, self.served.len());
        self.other_ends.insert(name.clone(), other);
        self.served.push(vault::serve(&self.vault, &name));
        mine
    }
}

/// Answers that come after the connection was closed are refused, and nobody waits for them.
fn move_bytes(mut end: UnixStream, request: &Request) {
    let _ = if request.kind() == RequestKind::Send {
        match end.write_all(request.data()) {
            Ok(()) => request.done(true),
            Err(_) => request.fail(ffi::SAFE_CONNECTION_FAILED, "the other side has gone"),
        }
    } else {
        let mut room = vec![0; request.length() as usize];
        match end.read(&mut room) {
            Ok(0) | Err(_) => request.none(),
            Ok(count) => request.give(&room[..count]),
        }
    };
}
