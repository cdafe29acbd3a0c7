//! Every metric by its name, its labels and what it says.

use prometheus_client::{
    metrics::{
        counter::{Atomic, Counter},
        family::Family,
        gauge::Gauge,
        histogram::Histogram,
    },
    registry::{Metric, Registry},
};

/// Upper bounds in seconds of what a client waits for, or a request of the engine takes: 0.1 ms to 10 s.
const QUICK: [f64; 15] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Upper bounds in seconds of what work takes, and how long it waits: 10 ms to an hour.
const LONG: [f64; 14] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0];

/// Histograms by their labels.
pub(super) type Histograms<L> = Family<L, Histogram>;

/// A metric, as the documentation lists it.
#[derive(Debug)]
pub(super) struct Description {
    /// Its name, as a scrape has it.
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) labels: &'static [&'static str],
    /// What it says, without a full stop.
    pub(super) help: &'static str,
}

/// Where metrics are registered, in the order in which they are shown.
#[derive(Debug, Default)]
pub(super) struct Register {
    pub(super) registry: Registry,
    pub(super) described: Vec<Description>,
}

impl Register {
    /// A counter. Its name ends with `_total`, which is not part of `name`.
    pub(super) fn counter(&mut self, name: &'static str, help: &'static str) -> Counter {
        self.add("counter", name, &[], help, Counter::default())
    }

    /// Counters by their labels, as [`counter`](Self::counter).
    pub(super) fn counters<L, N, A>(
        &mut self,
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Family<L, Counter<N, A>>
    where
        L: Clone + Eq + std::hash::Hash,
        N: 'static,
        A: Atomic<N> + Default + 'static,
        Family<L, Counter<N, A>>: Metric + Clone,
    {
        self.add("counter", name, labels, help, Family::default())
    }

    pub(super) fn gauge(&mut self, name: &'static str, help: &'static str) -> Gauge {
        self.add("gauge", name, &[], help, Gauge::default())
    }

    /// Gauges by their labels.
    pub(super) fn gauges<L, N, A>(
        &mut self,
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Family<L, Gauge<N, A>>
    where
        L: Clone + Eq + std::hash::Hash,
        A: Default,
        Family<L, Gauge<N, A>>: Metric + Clone,
    {
        self.add("gauge", name, labels, help, Family::default())
    }

    /// Histograms of what is quick.
    pub(super) fn quick<L>(
        &mut self,
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Histograms<L>
    where
        L: Clone + Eq + std::hash::Hash,
        Histograms<L>: Metric + Clone,
    {
        let family = Family::new_with_constructor((|| Histogram::new(QUICK)) as fn() -> Histogram);
        self.add("histogram", name, labels, help, family)
    }

    /// Histograms of what takes long.
    pub(super) fn long<L>(
        &mut self,
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Histograms<L>
    where
        L: Clone + Eq + std::hash::Hash,
        Histograms<L>: Metric + Clone,
    {
        let family = Family::new_with_constructor((|| Histogram::new(LONG)) as fn() -> Histogram);
        self.add("histogram", name, labels, help, family)
    }

    /// One histogram of what is quick.
    pub(super) fn quick_one(&mut self, name: &'static str, help: &'static str) -> Histogram {
        self.add("histogram", name, &[], help, Histogram::new(QUICK))
    }

    /// One histogram of what takes long.
    pub(super) fn long_one(&mut self, name: &'static str, help: &'static str) -> Histogram {
        self.add("histogram", name, &[], help, Histogram::new(LONG))
    }

    fn add<M: Metric + Clone>(
        &mut self,
        kind: &'static str,
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
        metric: M,
    ) -> M {
        self.registry.register(name, help, metric.clone());
        // The library adds this to a counter's name.
        let suffix = if kind == "counter" { "_total" } else { "" };
        self.described.push(Description { name: format!("{name}{suffix}"), kind, labels, help });
        metric
    }
}
