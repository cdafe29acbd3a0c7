//! A server with an action of its own: `cargo run -p streamer --example handler`, then open the address that it prints
//! and send `word_count` with the payload `{"text":"to be or not to be"}`.

use std::{collections::BTreeMap, error::Error, time::Duration};

use streamer::builtin::Count;
use streamer::handler::{Context, Handler, HandlerError};
use streamer::server::Server;
use streamer_store::StoreFactory;

struct WordCount;

#[derive(serde::Deserialize)]
struct Text {
    text: String,
}

impl Handler for WordCount {
    type Payload = Text;
    type Output = BTreeMap<String, u32>;

    fn action(&self) -> &str {
        "word_count"
    }

    async fn handle(&self, payload: Text, context: &Context) -> Result<Self::Output, HandlerError> {
        let words: Vec<_> = payload.text.split_whitespace().collect();
        let mut counts = BTreeMap::new();
        for (done, word) in words.iter().enumerate() {
            *counts.entry((*word).to_owned()).or_default() += 1;
            context.progress((done * 100 / words.len()) as u8);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(counts)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let stores = StoreFactory::connect("embedded:handler.db")?;
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    Ok(Server::new(stores).handler(Count).handler(WordCount).serve(&address).await?)
}
