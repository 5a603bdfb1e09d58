//! Operations that are waited for, fetched from a queue, or dropped; errors by kind; the library's settings and log.

mod support;

use libsafe::{ffi, Error, ErrorKind, Key, Link, LogLevel, Put, Queue, Setting};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::time::Duration;
use support::{content, vault, without_leaks, MIB};

#[test]
fn a_queue_gives_each_ended_operation_once() {
    without_leaks(|| {
        let client = vault();
        let queue = Queue::new().unwrap();
        assert_eq!(queue.next(Some(Duration::ZERO)).unwrap(), None);
        let tags = 0..100u64;
        let puts: Vec<_> = tags.clone().map(|tag| client.put(&tag.to_le_bytes(), Put::PUBLIC)).collect();
        for (tag, put) in tags.clone().zip(&puts) {
            put.to_queue(&queue, tag + (1 << 60)).unwrap();
        }
        let fetched: HashSet<u64> = tags.clone().map(|_| queue.next(None).unwrap().unwrap() - (1 << 60)).collect();
        assert_eq!(fetched, tags.collect());
        assert_eq!(queue.next(Some(Duration::from_millis(5))).unwrap(), None);
        for put in puts {
            assert!(put.is_ended());
            assert_eq!(put.wait().unwrap().size(), 8);
        }
        queue.wake();
        assert_eq!(queue.next(None).unwrap(), None);
        assert!(queue.fd().unwrap() >= 0);
    });
}

#[test]
fn an_operation_has_one_listener() {
    without_leaks(|| {
        let client = vault();
        let queue = Queue::new().unwrap();
        let put = client.put(&content(4 * MIB), Put::PUBLIC);
        put.to_queue(&queue, 1).unwrap();
        assert_eq!(put.to_queue(&queue, 2).unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(queue.next(None).unwrap(), Some(1));
        let link = put.wait().unwrap().link().unwrap();
        let reader = client.open(&link).wait().unwrap();
        let read = reader.read_into(0, vec![0; 10]); // its buffer needs the callback
        assert_eq!(read.to_queue(&queue, 3).unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(read.wait().unwrap().len(), 10);
        assert_eq!(libsafe::connect("mem:\0").to_queue(&queue, 4).unwrap_err().kind(), ErrorKind::InvalidArgument);
    });
}

#[test]
fn whoever_awaits_what_is_on_a_queue_is_told() {
    without_leaks(|| {
        let client = vault();
        let queue = Queue::new().unwrap();
        let put = client.put(&content(32 * MIB), Put::PUBLIC);
        put.to_queue(&queue, 1).unwrap();
        let refused = libsafe::block_on(put).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidArgument, "{}", refused);
        // A queue that goes away first tells nobody, and harms nobody.
        let get = client.get_chunk(&[1; 32]);
        get.to_queue(&queue, 2).unwrap();
        drop(queue);
        assert_eq!(get.wait().unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn waiting_may_be_limited() {
    without_leaks(|| {
        let client = vault();
        let put = client.put(&content(64 * MIB), Put::PUBLIC);
        assert!(!put.wait_for(Duration::from_micros(1)) && !put.is_ended());
        assert_eq!(format!("{:?}", put), "Operation(pending)");
        while !put.wait_for(Duration::from_secs(1)) {}
        assert_eq!(put.progress(), (64 * MIB as u64, Some(64 * MIB as u64)));
        assert_eq!(put.wait().unwrap().size(), 64 * MIB as u64);
    });
}

#[test]
fn dropping_cancels() {
    without_leaks(|| {
        let client = vault();
        let data = content(16 * MIB);
        let waker = Arc::new(Count::default()).into();
        for awaited in [false, true] {
            let mut put = Box::pin(client.put(&data, Put::PUBLIC));
            if awaited {
                assert!(put.as_mut().poll_once(&mut Context::from_waker(&waker)).is_pending());
            }
        }
        // Nothing of them was left to be stored, or all of it: an address that is whole can be read.
        let link = client.put(&data, Put::PUBLIC.dry_run()).wait().unwrap().link().unwrap();
        match client.open(&link).wait() {
            Ok(reader) => assert_eq!(reader.size(), data.len() as u64),
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound),
        }
    });
}

#[test]
fn waiting_on_the_thread_of_the_library_is_refused() {
    struct Waits(std::sync::Mutex<Option<Result<(), Error>>>, Arc<libsafe::Client>);
    impl Wake for Waits {
        fn wake(self: Arc<Self>) {
            let told = self.1.get_chunk(&[1; 32]).wait().map(drop);
            *self.0.lock().unwrap() = Some(told);
        }
    }
    without_leaks(|| {
        let client = Arc::new(vault());
        let waits = Arc::new(Waits(Default::default(), client.clone()));
        let waker = waits.clone().into();
        let data = content(32 * MIB); // not stored before this thread asks whether it is
        let mut put = Box::pin(client.put(&data, Put::PUBLIC));
        assert!(put.as_mut().poll_once(&mut Context::from_waker(&waker)).is_pending());
        let told = loop {
            if let Some(told) = waits.0.lock().unwrap().take() {
                break told;
            }
            std::thread::yield_now();
        };
        assert_eq!(told.unwrap_err().name, "SAFE_WOULD_DEADLOCK");
    });
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

trait PollOnce: std::future::Future {
    fn poll_once(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll(context)
    }
}

impl<F: std::future::Future> PollOnce for F {}

#[test]
fn errors_have_kinds() {
    without_leaks(|| {
        let client = vault();
        let key = Key::generate().unwrap();
        client.create_record(&key, "r", b"").wait().unwrap();
        let kinds = [
            (client.get_chunk(&[1; 32]).wait().unwrap_err(), ErrorKind::NotFound),
            (client.create_record(&key, "r", b"").wait().unwrap_err(), ErrorKind::Conflict),
            (client.set_record(&key, "r", 5, b"").wait().unwrap_err(), ErrorKind::Conflict),
            (client.put_file("/no/such/file", Put::PUBLIC).wait().unwrap_err(), ErrorKind::LocalFileNotFound),
            (libsafe::connect("gopher:x").wait().unwrap_err(), ErrorKind::BadUrl),
            (libsafe::connect_existing("file:/no/such/vault").wait().unwrap_err(), ErrorKind::Store),
            (Link::parse("safe:x").unwrap_err(), ErrorKind::BadLink),
            (client.put_chunk(&[]).wait().unwrap_err(), ErrorKind::InvalidArgument),
            (client.put_chunk(&vec![1; 5 * MIB]).wait().unwrap_err(), ErrorKind::TooLarge),
            (libsafe::verify(&[0; 32], b"", &[0; 64]).unwrap_err(), ErrorKind::BadSignature),
        ];
        for (error, kind) in kinds {
            assert_eq!(error.kind(), kind, "{}", error);
        }
    });
}

#[test]
fn settings_are_of_the_process() {
    without_leaks(|| {
        let workers = Setting::Workers.get();
        while let Err(problem) = Setting::Workers.set(1) {
            assert_eq!(problem.kind(), ErrorKind::Busy); // a client of the test before is being closed
            std::thread::yield_now();
        }
        assert_eq!(Setting::Workers.get(), 1);
        let client = vault();
        assert_eq!(Setting::Memory.set(1 << 30).unwrap_err().kind(), ErrorKind::Busy);
        drop(client);
        while Setting::Workers.set(0).is_err() {
            std::thread::yield_now(); // the client is being closed
        }
        assert_eq!(Setting::Workers.get(), workers);
        assert!(Setting::Memory.get() >= 64 << 20);
        let parts = [ffi::SAFE_VERSION_MAJOR, ffi::SAFE_VERSION_MINOR, ffi::SAFE_VERSION_PATCH];
        assert_eq!(libsafe::version_number(), parts[0] * 1_000_000 + parts[1] * 1000 + parts[2]);
    });
}

#[test]
fn the_log_is_told_to_the_newest_function() {
    without_leaks(|| {
        let (first, second) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for count in [&first, &second] {
            let count = count.clone();
            libsafe::log_to(LogLevel::Debug, move |level, line| {
                assert!(level <= LogLevel::Debug && !line.is_empty());
                count.fetch_add(1, Ordering::SeqCst);
            });
        }
        assert_eq!((Arc::strong_count(&first), Arc::strong_count(&second)), (1, 2));
        while Setting::Workers.set(1).is_err() {
            std::thread::yield_now();
        }
        drop(vault()); // starts anew, which is told
        libsafe::log_off();
        assert_eq!(Arc::strong_count(&second), 1);
        assert!(first.load(Ordering::SeqCst) == 0 && second.load(Ordering::SeqCst) > 0);
    });
}
