use dynamorm::prelude::*;

#[derive(Attribute)]
struct ArticleId(#[dynamorm(rename = "id")] String);

#[derive(Attribute)]
enum Payment {
    Open,
    Card(#[dynamorm(default)] String),
}

fn main() {}
