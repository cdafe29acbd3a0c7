//! The request that everything is measured with, and what comes of it. The peer is given the same texts.

use streamer_store::{Json, NotAnObject, Submission};

/// What is to be done with: 201 B.
pub const PAYLOAD: &str = concat!(
    r#"{"document":"7f9c2ba4-e88f-5678-8c1d-d5ac8d0f1c52","format":"pdf","pages":[1,2,3,5,8],"#,
    r#""language":"en-GB","watermark":false,"notify":"ann@example.com","#,
    r#""callback":"https://app.example.com/reports/ready"}"#,
);

/// What comes of it.
pub const RESULT: &str = r#"{"url":"https://files.example.com/7f9c2ba4.pdf","bytes":184320}"#;

/// The tenant of all requests.
pub const TENANT: &str = "acme";

/// The user of all requests.
pub const USER: &str = "ann";

/// A submission of the sample: without an id, so that each is a request of its own.
///
/// # Errors
/// When the payload were no object.
pub fn submission() -> Result<Submission, NotAnObject> {
    Ok(Submission::new(TENANT, USER, "render").payload(Json::parse(PAYLOAD)?))
}

/// What comes of it.
///
/// # Errors
/// When it were no object.
pub fn result() -> Result<Json, NotAnObject> {
    Json::parse(RESULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_has_the_size_that_the_figures_are_told_for() {
        assert_eq!(PAYLOAD.len(), 201);
        assert!(submission().is_ok() && result().is_ok());
    }
}
