//! The chunk format of 2018, with a folder as what keeps the chunks.

use crate::line::{hex, Answer, Request};
use libsafe::{s1, Result};
use std::fs;

pub fn encode(request: &Request) -> Result<Answer> {
    let mut encoder = s1::Encoder::new()?;
    encoder.write(&request.bytes("data"))?;
    let datamap = encoder.finish()?;
    let mut count = 0;
    while let Some(chunk) = encoder.next_chunk()? {
        fs::create_dir_all(request.text("folder")).expect("a folder");
        fs::write(format!("{}/{}", request.text("folder"), hex(&chunk.name)), &*chunk.data).expect("room for a chunk");
        count += 1;
    }
    Ok(Answer::default().bytes("datamap", &datamap).number("chunks", count))
}

pub fn decode(request: &Request) -> Result<Answer> {
    let map = s1::Map::parse(&request.bytes("datamap"))?;
    let mut content = Vec::new();
    for index in 0..map.chunk_count() {
        let chunk = fs::read(format!("{}/{}", request.text("folder"), hex(&map.chunk_name(index)?))).expect("a chunk");
        content.extend_from_slice(&map.decrypt(index, &chunk)?);
    }
    if map.chunk_count() == 0 {
        content.extend_from_slice(&map.content()?);
    }
    Ok(Answer::default().number("size", map.size()).number("chunks", map.chunk_count()).bytes("data", &content))
}
