//! Stores and transports of the program's own, and what the owner of a vault does.

mod support;

use libsafe::{ffi, s1, vault, ErrorKind, Key, Port, Put, Request, RequestKind};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Bound;
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use support::{content, without_leaks, MIB};

type Values = BTreeMap<String, Vec<u8>>;

/// Answers one request from values in memory.
fn answer(values: &mut Values, request: &Request) -> libsafe::Result<()> {
    let key = request.key();
    match request.kind() {
        RequestKind::Open if request.url().ends_with("refused") => {
            request.fail(ffi::SAFE_STORE_FULL, "the shelf is full; clear it")
        }
        RequestKind::Open => request.done(request.may_create()),
        RequestKind::Create => {
            let missing = !values.contains_key(&key);
            if missing {
                values.insert(key, request.data().to_vec());
            }
            request.done(missing)
        }
        RequestKind::Replace => {
            values.insert(key, request.data().to_vec());
            request.done(true)
        }
        RequestKind::Get => match values.get(&key) {
            None => request.none(),
            Some(value) => {
                let start = value.len().min(request.offset() as usize);
                let end = value.len().min(start + request.length() as usize);
                request.give(&value[start..end])
            }
        },
        RequestKind::Exists => request.done(values.contains_key(&key)),
        RequestKind::List => {
            let mut rest = values.range((Bound::Excluded(request.after()), Bound::Unbounded));
            let mut of_prefix = rest.by_ref().filter(|(name, _)| name.starts_with(&key));
            for (name, value) in of_prefix.by_ref().take(request.limit() as usize) {
                request.add(name, value.len() as u64)?;
            }
            request.done(of_prefix.next().is_some())
        }
        RequestKind::Remove => request.done(values.remove(&key).is_some()),
        RequestKind::Figures => {
            let bytes = values.values().map(|value| value.len() as u64).sum();
            request.figures(values.len() as u64, bytes, bytes, 1 << 40)
        }
        RequestKind::Close => request.done(true),
        kind => panic!("a store is not asked for {:?}", kind),
    }
}

/// Nobody waits any more for an answer that comes while the port is closed.
fn answered(result: libsafe::Result<()>) {
    if let Err(problem) = result {
        assert_eq!(problem.kind(), ErrorKind::Closed, "{}", problem);
    }
}

#[test]
fn a_vault_is_kept_in_a_store_of_ours() {
    without_leaks(|| {
        let port = Arc::new(Port::store("shelf").unwrap());
        assert_eq!(Port::store("shelf").unwrap_err().kind(), ErrorKind::Busy);
        assert_eq!(Port::store("mem").unwrap_err().kind(), ErrorKind::InvalidArgument);
        let fetching = port.clone();
        let server = thread::spawn(move || {
            let mut values = Values::new();
            while let Some(request) = fetching.next(None).unwrap() {
                answered(answer(&mut values, &request));
            }
            values.len()
        });
        assert!(libsafe::feature("shelf").unwrap());
        let refused = libsafe::connect("shelf:refused").wait().unwrap_err();
        assert!(refused.name == "SAFE_STORE_FULL" && refused.message.contains("the shelf is full"), "{}", refused);
        let client = libsafe::connect("shelf:mine").wait().unwrap();
        let data = content(5 * MIB);
        let link = client.put(&data, Put::PUBLIC).wait().unwrap().link().unwrap();
        assert!(*client.get(&link, u64::MAX).wait().unwrap() == data[..]);
        let key = Key::generate().unwrap();
        for version in 0..5 {
            match version {
                0 => client.create_record(&key, "r", &[0]).wait().unwrap(),
                _ => client.set_record(&key, "r", version, &[version as u8]).wait().unwrap(),
            };
        }
        let address = libsafe::record_address(&key.public().unwrap(), "r").unwrap();
        assert_eq!(client.record(&address, libsafe::NEWEST).wait().unwrap().version(), 4);
        assert_eq!(vault::info("shelf:mine").wait().unwrap().value("free_bytes").unwrap(), 1 << 40);
        drop(client);
        port.close();
        assert!(server.join().unwrap() > 2);
    });
}

#[test]
fn a_port_calls_when_something_is_asked() {
    fn serve(port: Arc<Port>, values: Arc<Mutex<Values>>, ended: Sender<()>) {
        let again = (port.clone(), values.clone(), ended);
        let set = port.on_request(move || {
            let (port, values, ended) = again;
            while let Some(request) = port.next(Some(Duration::ZERO)).unwrap() {
                answered(answer(&mut values.lock().unwrap(), &request));
            }
            serve(port, values, ended);
        });
        assert!(set.is_ok() || set.unwrap_err().kind() == ErrorKind::Closed);
    }
    without_leaks(|| {
        let port = Arc::new(Port::store("called").unwrap());
        let (ended, all_gone) = channel();
        serve(port.clone(), Default::default(), ended);
        let refused = port.on_request(|| ()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidArgument);
        let client = libsafe::connect("called:").wait().unwrap();
        let address = client.put_chunk(b"asked").wait().unwrap();
        assert_eq!(&*client.get_chunk(&address).wait().unwrap(), b"asked");
        drop(client);
        port.close();
        assert!(all_gone.recv().is_err(), "the function was kept"); // it is freed without having been called
    });
}

#[test]
fn a_request_takes_one_answer_of_its_kind() {
    without_leaks(|| {
        let port = Port::store("strict").unwrap();
        let connecting = libsafe::connect("strict:");
        let open = port.next(None).unwrap().unwrap();
        assert_eq!((open.kind(), open.url().as_str(), open.connection() > 0), (RequestKind::Open, "strict:", true));
        assert_eq!(open.give(b"bytes").unwrap_err().name, "SAFE_WRONG_RESULT");
        open.done(true).unwrap();
        assert_eq!(open.done(true).unwrap_err().name, "SAFE_ALREADY_TAKEN");
        let client = connecting.wait().unwrap();
        let getting = client.get_chunk(&[1; 32]);
        drop(port.next(None).unwrap().unwrap()); // without an answer
        assert_eq!(getting.wait().unwrap_err().name, "SAFE_STORE_IO");
    });
}

/// Two streams of bytes, one each way, and whoever waits for bytes of one.
#[derive(Default)]
struct Wire {
    held: [VecDeque<u8>; 2],
    closed: [bool; 2],
    waiting: [Option<Request>; 2],
}

impl Wire {
    fn answer(&mut self, ends: &mut HashMap<u64, usize>, request: Request) -> libsafe::Result<()> {
        if request.kind() == RequestKind::Open {
            ends.insert(request.connection(), usize::from(request.url().ends_with("vault")));
            return request.done(true);
        }
        let own = ends[&request.connection()];
        match request.kind() {
            RequestKind::Send => {
                self.held[1 - own].extend(request.data());
                request.done(true)?;
            }
            RequestKind::Receive => self.waiting[own] = Some(request),
            RequestKind::Close => {
                self.closed[own] = true;
                request.done(true)?;
            }
            kind => panic!("a transport is not asked for {:?}", kind),
        }
        for end in 0..2 {
            if let Some(waiting) = self.waiting[end].take() {
                let size = self.held[end].len().min(waiting.length() as usize);
                if size > 0 {
                    let bytes: Vec<u8> = self.held[end].drain(..size).collect();
                    waiting.give(&bytes)?;
                } else if self.closed[1 - end] || self.closed[end] {
                    let _closed = waiting.none(); // refused if nobody waits for it any more
                } else {
                    self.waiting[end] = Some(waiting);
                }
            }
        }
        Ok(())
    }
}

#[test]
fn a_vault_is_served_over_a_transport_of_ours() {
    without_leaks(|| {
        let port = Arc::new(Port::transport("wire").unwrap());
        let fetching = port.clone();
        let server = thread::spawn(move || {
            let (mut wire, mut ends) = (Wire::default(), HashMap::new());
            while let Some(request) = fetching.next(None).unwrap() {
                answered(wire.answer(&mut ends, request));
            }
        });
        let serving = vault::serve("mem:", "wire:vault");
        let client = libsafe::connect("wire:client").wait().unwrap();
        let data = content(3 * MIB);
        let link = client.put(&data, Put::PRIVATE).wait().unwrap().link().unwrap();
        assert!(*client.get(&link, u64::MAX).wait().unwrap() == data[..]);
        drop(client);
        serving.wait().unwrap();
        port.close();
        server.join().unwrap();
        let nowhere = vault::serve_existing("mem:", "nowhere:").wait().unwrap_err();
        assert_eq!(nowhere.kind(), ErrorKind::BadUrl);
    });
}

#[test]
fn the_owner_of_a_vault_looks_after_it() {
    let folder = std::env::temp_dir().join(format!("libsafe-rust-vault-{}", std::process::id()));
    let url = format!("file:{}", folder.display());
    let _of_an_earlier_run = std::fs::remove_dir_all(&folder);
    without_leaks(|| {
        assert_eq!(vault::info(&url).wait().unwrap_err().name, "SAFE_STORE_MISSING");
        let client = libsafe::connect(&url).wait().unwrap();
        let kept = client.put(&content(2 * MIB), Put::PUBLIC).wait().unwrap().link().unwrap();
        let lost = client.put_chunk(&content(1000)).wait().unwrap();
        drop(client);
        let chunks = vault::info(&url).wait().unwrap().value("chunks").unwrap();
        let checked = vault::verify(&url).wait().unwrap();
        assert_eq!((checked.value("checked").unwrap(), checked.value("bad").unwrap()), (chunks, 0));
        assert_eq!(checked.value("cheese").unwrap_err().kind(), ErrorKind::InvalidArgument);
        let report = vault::gc(&url, &format!("# links\n{}\n", kept.text()), false).wait().unwrap();
        assert_eq!((report.value("kept").unwrap(), report.value("removed").unwrap()), (chunks - 1, 1));
        let items = report.items().unwrap();
        assert_eq!((items.len(), items[0].address, items[0].size), (1, lost, 1000));
        vault::remove(&url, &lost).wait().unwrap();
        assert_eq!(vault::remove(&url, &lost).wait().unwrap_err().kind(), ErrorKind::NotFound);
        let report = vault::gc(&url, "", true).wait().unwrap();
        assert_eq!(report.value("removed").unwrap(), chunks - 1);
    });
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn content_of_2018_is_read_and_written() {
    without_leaks(|| {
        for size in [100, 10_000, 3 * MIB + 5] {
            let data = content(size);
            let mut encoder = s1::Encoder::new().unwrap();
            let mut kept = HashMap::new();
            for block in data.chunks(MIB) {
                encoder.write(block).unwrap();
                while let Some(chunk) = encoder.next_chunk().unwrap() {
                    kept.insert(chunk.name, chunk.data);
                }
            }
            let map = s1::Map::parse(&encoder.finish().unwrap()).unwrap();
            while let Some(chunk) = encoder.next_chunk().unwrap() {
                kept.insert(chunk.name, chunk.data);
            }
            assert_eq!((map.size(), map.chunk_count()), (size as u64, kept.len() as u64));
            let mut back = if kept.is_empty() { map.content().unwrap().to_vec() } else { Vec::new() };
            for index in 0..map.chunk_count() {
                back.extend_from_slice(&map.decrypt(index, &kept[&map.chunk_name(index).unwrap()]).unwrap());
            }
            assert!(back == data);
            assert_eq!(encoder.write(&[1]).unwrap_err().kind(), ErrorKind::Closed);
        }
        assert_eq!(s1::Map::parse(b"none").unwrap_err().kind(), ErrorKind::Corrupt);
    });
}
