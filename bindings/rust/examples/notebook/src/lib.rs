//! A core library on top of libsafe, written once: a notebook. Natively it is linked with libsafe.so; compiled for
//! wasm32-unknown-unknown it runs in Node and in pages, on the library that is there.
//!
//! Each note is private content, and so is the index, which holds their links: whoever has the index's link, and nobody
//! else, can read the notebook. A record, which anybody may read, says only how many notes there are. Its versions are
//! signed and without gaps: an index that is not the newest is recognised, and of two writers one is told.

use libsafe::{Client, Key, Link, Put, Result};

mod guest;

pub struct Notebook<'a> {
    client: &'a Client,
    key: &'a Key,
    notes: Vec<String>,
}

const LABEL: &str = "notebook";
const LARGEST_INDEX: u64 = 1 << 20;
const LARGEST_NOTE: u64 = 64 << 10;

/// Why a notebook could not be opened.
#[derive(Debug)]
pub enum Refused {
    /// The link is of an older index.
    Stale { notes: usize, newest: u64 },
    Failed(libsafe::Error),
}

impl From<libsafe::Error> for Refused {
    fn from(error: libsafe::Error) -> Refused {
        Refused::Failed(error)
    }
}

impl<'a> Notebook<'a> {
    /// An empty notebook. Nothing is stored before the first note.
    pub fn new(client: &'a Client, key: &'a Key) -> Notebook<'a> {
        Notebook { client, key, notes: Vec::new() }
    }

    /// The notebook of an index, if it is the newest.
    pub async fn open(
        client: &'a Client,
        key: &'a Key,
        index: &Link,
    ) -> std::result::Result<Notebook<'a>, Refused> {
        let text = client.get(index, LARGEST_INDEX).await?;
        let notes: Vec<String> = String::from_utf8_lossy(&text).lines().map(str::to_string).collect();
        let address = libsafe::record_address(&key.public()?, LABEL)?;
        let newest = client.record(&address, libsafe::NEWEST).await?.version() + 1;
        if newest != notes.len() as u64 {
            return Err(Refused::Stale { notes: notes.len(), newest });
        }
        Ok(Notebook { client, key, notes })
    }

    /// Adds a note; gives the link of the new index, which is the key to everything: keep it.
    pub async fn add(&mut self, note: &str) -> Result<Link> {
        let link = self.client.put(note.as_bytes(), Put::PRIVATE).await?.link()?;
        let mut notes = self.notes.clone();
        notes.push(link.text());
        let index = self.client.put(notes.join("\n").as_bytes(), Put::PRIVATE).await?.link()?;
        let count = format!("{} notes", notes.len());
        match self.notes.len() as u64 {
            0 => self.client.create_record(self.key, LABEL, count.as_bytes()).await?,
            version => self.client.set_record(self.key, LABEL, version, count.as_bytes()).await?,
        };
        self.notes = notes;
        Ok(index)
    }

    pub async fn notes(&self) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for note in &self.notes {
            let text = self.client.get(&Link::parse(note)?, LARGEST_NOTE).await?;
            texts.push(String::from_utf8_lossy(&text).into_owned());
        }
        Ok(texts)
    }
}

/// What the example does, told in lines that are the same wherever it runs; and whether it worked.
pub async fn demo(url: &str) -> (bool, String) {
    let (worked, lines) = match story(url).await {
        Ok(lines) => (true, lines),
        Err(error) => (false, vec![format!("failed: {}", error)]),
    };
    (worked, format!("{}\nhandles: {}\n", lines.join("\n"), libsafe::live_handles()))
}

async fn story(url: &str) -> Result<Vec<String>> {
    let client = libsafe::connect(url).await?;
    let key = Key::import(&[7; 32])?;
    let mut lines = Vec::new();

    let mut notebook = Notebook::new(&client, &key);
    let old = notebook.add("Milk, bread, a little salt.").await?;
    notebook.add("Grüße an Zoë: 你好!").await?;
    let index = notebook.add(&"Long. ".repeat(5000)).await?;
    lines.push(format!("the index is private: {}", index.is_private()));

    match Notebook::open(&client, &key, &index).await {
        Ok(again) => {
            for (number, note) in again.notes().await?.iter().enumerate() {
                let start: String = note.chars().take(40).collect();
                lines.push(format!("{}. {} ({} bytes)", number + 1, start.trim_end(), note.len()));
            }
        }
        Err(refused) => lines.push(format!("unexpected: {:?}", refused)),
    }
    match Notebook::open(&client, &key, &old).await {
        Err(Refused::Stale { notes, newest }) => {
            lines.push(format!("an old index is refused: {} of {} notes", notes, newest));
        }
        other => lines.push(format!("unexpected: {:?}", other.map(|_| "an old index"))),
    }

    let record = libsafe::record_address(&key.public()?, LABEL)?;
    let value = client.record(&record, libsafe::NEWEST).await?.value()?;
    lines.push(format!("the record says: {}", String::from_utf8_lossy(&value)));
    if let Err(error) = client.set_record(&key, LABEL, 1, b"late").await {
        lines.push(format!("late: {} ({}), newest {:?}", error.name, error.code, error.number("current_version")));
    }
    lines.push(format!("a bad link: {}", Link::parse("safe:nothing").map(|_| "taken".into()).unwrap_or_else(|e| e.name)));
    Ok(lines)
}
