//! What `/metrics` answers, read strictly: Prometheus's text format, version 0.0.4.

use std::collections::{BTreeMap, BTreeSet};

use super::client::get;

/// A name's labels with their values.
type Labels = BTreeMap<String, String>;

/// One scrape.
#[derive(Debug)]
pub struct Scrape {
    pub text: String,
    pub content_type: String,
    /// The type of each metric that is there.
    pub types: BTreeMap<String, String>,
    pub samples: Vec<Sample>,
}

#[derive(Debug)]
pub struct Sample {
    pub name: String,
    pub labels: Labels,
    pub value: f64,
}

impl Scrape {
    /// Scrapes `127.0.0.1:PORT`.
    pub async fn of(address: &str) -> Self {
        let answer = get(address, "/metrics").await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let content_type = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-type")).unwrap().1;
        Self::parse(body, content_type)
    }

    /// Reads the text; whatever the format does not allow is a panic.
    pub fn parse(text: &str, content_type: &str) -> Self {
        let (mut types, mut helped) = (BTreeMap::new(), BTreeSet::new());
        let mut samples: Vec<Sample> = Vec::new();
        let mut seen = BTreeSet::new();
        assert!(text.ends_with('\n'), "the last line has no end");
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, text) = help.split_once(' ').unwrap();
                assert!(!text.is_empty() && helped.insert(name.to_owned()), "{line}");
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(types.insert(name.to_owned(), kind.to_owned()), None, "{line}");
            } else {
                let sample = sample(line);
                let metric = metric_of(&sample.name, &types);
                assert!(types.contains_key(metric) && helped.contains(metric), "no type: {line}");
                assert!(seen.insert((sample.name.clone(), sample.labels.clone())), "twice: {line}");
                samples.push(sample);
            }
        }
        Self { text: text.to_owned(), content_type: content_type.to_owned(), types, samples }
    }

    /// The value with exactly these labels, if there is one.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: Labels = labels.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let found = self.samples.iter().find(|sample| sample.name == name && sample.labels == labels);
        found.map(|sample| sample.value)
    }

    /// The values of all labels added up.
    pub fn sum(&self, name: &str) -> f64 {
        self.samples.iter().filter(|sample| sample.name == name).map(|sample| sample.value).sum()
    }

    /// The labels that each metric has, `le` left out.
    pub fn labels(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut labels: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for sample in &self.samples {
            let of_metric = labels.entry(metric_of(&sample.name, &self.types)).or_default();
            of_metric.extend(sample.labels.keys().map(String::as_str).filter(|label| *label != "le"));
        }
        labels
    }
}

/// The metric that a sample is of: that of a histogram has several names.
fn metric_of<'a>(name: &'a str, types: &BTreeMap<String, String>) -> &'a str {
    let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
    of_histogram.filter(|metric| types.get(*metric).is_some_and(|kind| kind == "histogram")).unwrap_or(name)
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line}"));
    let value = if value == "+Inf" { f64::INFINITY } else { value.parse().unwrap() };
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap_or_else(|| panic!("{line}"))),
        None => (series, ""),
    };
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    assert!(is_name(name), "{line}");
    let mut read = Labels::new();
    for label in labels.split(',').filter(|label| !label.is_empty()) {
        let (name, value) = label.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
        let value = value.strip_suffix('"').unwrap_or_else(|| panic!("{line}"));
        assert!(is_name(name) && !value.contains(['"', '\\']), "{line}");
        assert_eq!(read.insert(name.to_owned(), value.to_owned()), None, "{line}");
    }
    Sample { name: name.to_owned(), labels: read, value }
}
