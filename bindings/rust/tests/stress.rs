//! Very many operations at once, while other threads keep the allocator busy: each ends once, with its own result.

mod support;

use libsafe::{ErrorKind, Link, Operation, Put, Queue};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake};
use std::thread;
use support::{content, vault, without_leaks, MIB};

const OPERATIONS: usize = 10_000;

fn scaled(usual: usize, full: usize) -> usize {
    if std::env::var("SAFE_SCALE").as_deref() == Ok("full") {
        full
    } else {
        usual
    }
}

/// Makes garbage as long as it is there: there is no collector to be kept busy.
struct Pressure {
    over: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Pressure {
    fn new() -> Pressure {
        let over = Arc::new(AtomicBool::new(false));
        let seen = over.clone();
        let thread = thread::spawn(move || {
            let mut kept = VecDeque::new();
            let mut size = 1;
            while !seen.load(Ordering::Relaxed) {
                size = size * 7 % 300_007;
                kept.push_back(vec![1u8; size]);
                if kept.len() > 100 {
                    kept.pop_front();
                }
                thread::yield_now();
            }
        });
        Pressure { over, thread: Some(thread) }
    }
}

impl Drop for Pressure {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Those of many futures that were woken, and how often each was.
#[derive(Default)]
struct Woken {
    ready: Mutex<VecDeque<usize>>,
    changed: Condvar,
}

struct Waker {
    woken: Arc<Woken>,
    number: usize,
    times: AtomicUsize,
}

impl Wake for Waker {
    fn wake(self: Arc<Self>) {
        self.times.fetch_add(1, Ordering::SeqCst);
        self.woken.ready.lock().unwrap().push_back(self.number);
        self.woken.changed.notify_one();
    }
}

/// Runs futures to their ends; how often each was woken.
fn run_all<T>(futures: Vec<Pin<Box<dyn Future<Output = T>>>>) -> Vec<(T, usize)> {
    let woken = Arc::new(Woken::default());
    let wakers: Vec<_> = (0..futures.len())
        .map(|number| Arc::new(Waker { woken: woken.clone(), number, times: AtomicUsize::new(0) }))
        .collect();
    let mut futures: Vec<_> = futures.into_iter().map(Some).collect();
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    woken.ready.lock().unwrap().extend(0..futures.len());
    let mut left = futures.len();
    while left > 0 {
        let mut ready = woken.ready.lock().unwrap();
        while ready.is_empty() {
            ready = woken.changed.wait(ready).unwrap();
        }
        let number = ready.pop_front().unwrap();
        drop(ready);
        let waker = wakers[number].clone().into();
        if let Some(future) = &mut futures[number] {
            if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                assert!(results[number].replace(result).is_none(), "future {} ended twice", number);
                futures[number] = None;
                left -= 1;
            }
        }
    }
    let times = wakers.iter().map(|waker| waker.times.load(Ordering::SeqCst));
    results.into_iter().map(Option::unwrap).zip(times).collect()
}

#[test]
fn ten_thousand_awaited_at_once_each_end_once() {
    without_leaks(|| {
        let _pressure = Pressure::new();
        let client = Arc::new(vault());
        let mut futures: Vec<Pin<Box<dyn Future<Output = usize>>>> = Vec::new();
        for number in 0..OPERATIONS {
            let client = client.clone();
            futures.push(Box::pin(async move {
                let data = content(1 + number % 500);
                let link = client.put(&data, if number % 2 == 0 { Put::PUBLIC } else { Put::PRIVATE }).await.unwrap().link().unwrap();
                assert!(*client.get(&link, 500).await.unwrap() == data[..]);
                number
            }));
        }
        for (at, (number, times)) in run_all(futures).into_iter().enumerate() {
            assert_eq!(at, number);
            assert!(times <= 2, "woken {} times for two operations", times);
        }
    });
}

#[test]
fn ten_thousand_on_a_queue_are_each_delivered_once() {
    without_leaks(|| {
        let _pressure = Pressure::new();
        let (client, queue) = (vault(), Queue::new().unwrap());
        let link = client.put(&content(400), Put::PUBLIC).wait().unwrap().link().unwrap();
        let mut gets: Vec<Option<Operation<_>>> = (0..OPERATIONS)
            .map(|number| {
                let get = client.get(&link, if number % 3 == 0 { 1 } else { 400 }); // a third of them fails
                get.to_queue(&queue, number as u64).unwrap();
                Some(get)
            })
            .collect();
        for _ in 0..OPERATIONS {
            let number = queue.next(None).unwrap().unwrap() as usize;
            let ended = gets[number].take().expect("it was delivered twice");
            assert!(ended.is_ended());
            match ended.wait() {
                Ok(bytes) => assert!(number % 3 != 0 && bytes.len() == 400),
                Err(error) => assert!(number % 3 == 0 && error.kind() == ErrorKind::TooLarge, "{}", error),
            }
        }
        assert_eq!(queue.next(Some(std::time::Duration::from_millis(20))).unwrap(), None);
    });
}

#[test]
fn threads_wait_for_their_own() {
    without_leaks(|| {
        let _pressure = Pressure::new();
        let client = Arc::new(vault());
        let calls = scaled(100, 1000);
        let threads: Vec<_> = (0..16)
            .map(|number| {
                let client = client.clone();
                thread::spawn(move || {
                    for call in 0..calls {
                        let data = content(number * 1000 + call + 1);
                        let text = client.put(&data, Put::PUBLIC).wait().unwrap().link().unwrap().text();
                        assert!(*client.get(&Link::parse(&text).unwrap(), 100_000).wait().unwrap() == data[..]);
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn dropped_at_every_moment() {
    without_leaks(|| {
        let _pressure = Pressure::new();
        let client = vault();
        let link = client.put(&content(2 * MIB), Put::PUBLIC).wait().unwrap().link().unwrap();
        let reader = client.open(&link).wait().unwrap();
        let waker = Arc::new(Waker { woken: Default::default(), number: 0, times: AtomicUsize::new(0) }).into();
        let (mut random, mut ended) = (1u64, 0);
        for round in 0..scaled(2000, 20_000) {
            let mut read = Box::pin(reader.read_into(round as u64, vec![0; 1000])); // a buffer that outlives the future
            if round % 2 == 0 {
                let _pending = read.as_mut().poll(&mut Context::from_waker(&waker));
            }
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            for _ in 0..random >> 50 {
                std::hint::spin_loop();
            }
            if round % 3 == 0 {
                read.cancel();
            }
            ended += usize::from(read.is_ended());
        }
        println!("{} had ended before they were dropped", ended);
    });
}
