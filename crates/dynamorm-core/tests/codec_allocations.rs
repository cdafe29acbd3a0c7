//! What the codec allocates, which unlike what it takes does not vary: nothing on the way out, and on the way in what
//! the values themselves own.

use std::collections::BTreeMap;

use allocation_counter::measure;
use dynamorm_core::{
    Attribute, Timestamp,
    codec::{self, Decimal, DecodeError, EncodeError, Reader, Writer},
};

/// Of every kind of value that a derive would write and read like this.
#[derive(Debug, PartialEq)]
struct Connection {
    connection_id: String,
    user_agent: String,
    connected_at: Timestamp,
    price: Decimal,
    load: f64,
    is_open: bool,
    token: Vec<u8>,
    metadata: BTreeMap<String, String>,
    ttl: Option<u64>,
}

impl Connection {
    /// The three strings and the bytes, a tree node, and a name and a value for each of three entries.
    const OWNED_VALUES: u64 = 3 + 1 + 2 * 3;

    fn sample() -> Self {
        Self {
            connection_id: "L0SM9cOFvHcCI0001=".to_owned(),
            user_agent: "Mozilla/5.0 (X11) é".to_owned(),
            connected_at: Timestamp::UNIX_EPOCH,
            price: Decimal::from(1250),
            load: 0.25,
            is_open: true,
            token: vec![7; 20],
            metadata: ["device", "lang", "room"].map(|name| (name.to_owned(), name.to_uppercase())).into(),
            ttl: Some(1_795_340_053),
        }
    }
}

impl Attribute for Connection {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.open_map();
        writer.raw("\"connection_id\":");
        self.connection_id.encode(writer)?;
        writer.raw(",\"user_agent\":");
        self.user_agent.encode(writer)?;
        writer.raw(",\"connected_at\":");
        self.connected_at.encode(writer)?;
        writer.raw(",\"price\":");
        self.price.encode(writer)?;
        writer.raw(",\"load\":");
        self.load.encode(writer)?;
        writer.raw(",\"is_open\":");
        self.is_open.encode(writer)?;
        writer.raw(",\"token\":");
        self.token.encode(writer)?;
        writer.raw(",\"metadata\":");
        self.metadata.encode(writer)?;
        writer.raw(",\"ttl\":");
        self.ttl.encode(writer)?;
        writer.close_map();
        Ok(())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (mut connection_id, mut user_agent, mut connected_at, mut price, mut load) =
            (None, None, None, None, None);
        let (mut is_open, mut token, mut metadata, mut ttl) = (None, None, None, None);
        reader.map(|reader, name| {
            match &*name {
                "connection_id" => connection_id = Some(Attribute::decode(reader)?),
                "user_agent" => user_agent = Some(Attribute::decode(reader)?),
                "connected_at" => connected_at = Some(Attribute::decode(reader)?),
                "price" => price = Some(Attribute::decode(reader)?),
                "load" => load = Some(Attribute::decode(reader)?),
                "is_open" => is_open = Some(Attribute::decode(reader)?),
                "token" => token = Some(Attribute::decode(reader)?),
                "metadata" => metadata = Some(Attribute::decode(reader)?),
                "ttl" => ttl = Some(Attribute::decode(reader)?),
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(Self {
            connection_id: codec::required(connection_id, "connection_id")?,
            user_agent: codec::required(user_agent, "user_agent")?,
            connected_at: codec::required(connected_at, "connected_at")?,
            price: codec::required(price, "price")?,
            load: codec::required(load, "load")?,
            is_open: codec::required(is_open, "is_open")?,
            token: codec::required(token, "token")?,
            metadata: codec::required(metadata, "metadata")?,
            ttl: codec::required(ttl, "ttl")?,
        })
    }
}

#[test]
fn writing_allocates_nothing() {
    let connection = Connection::sample();
    let mut writer = Writer::with_capacity(4096);

    let allocations = measure(|| connection.encode(&mut writer).unwrap());

    assert_eq!(allocations.count_total, 0);
    assert!(!writer.is_empty());
}

#[test]
fn reading_allocates_what_the_values_own() {
    let json = codec::encode_value(&Connection::sample()).unwrap();
    let mut connection = None;

    let allocations = measure(|| connection = codec::decode_value(&json).ok());

    assert_eq!(connection, Some(Connection::sample()));
    assert_eq!(allocations.count_total, Connection::OWNED_VALUES);
}

#[test]
fn skipping_allocates_nothing() {
    let json = codec::encode_value(&Connection::sample()).unwrap();

    let allocations = measure(|| Reader::new(&json).and_then(|mut reader| reader.skip()).unwrap());

    assert_eq!(allocations.count_total, 0);
}
