use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Debug,
    time::Duration,
};

use bytes::Bytes;
use dynamorm_core::{
    Attribute, Timestamp,
    codec::{self, Decimal, EpochSeconds},
};
use proptest::{
    collection::{btree_map, btree_set, hash_map, hash_set, vec},
    option,
    prelude::*,
};
use serde_json::Value;

use crate::timestamp::timestamps;

/// That a value is read back as it was, by itself and inside everything that can hold it.
fn reads_back<T: Attribute + Clone + Debug + PartialEq>(value: T) -> Result<(), TestCaseError> {
    fn by_itself<T: Attribute + Debug + PartialEq>(value: T) -> Result<(), TestCaseError> {
        let json = codec::encode_value(&value).map_err(|error| TestCaseError::fail(error.to_string()))?;

        prop_assert_eq!(codec::decode_value::<T>(&json), Ok(value));
        Ok(())
    }
    by_itself(value.clone())?;
    by_itself(Box::new(value.clone()))?;
    by_itself([value.clone(), value.clone()])?;
    by_itself(vec![vec![value.clone()], vec![]])?;
    by_itself(BTreeMap::from([("a".to_owned(), value.clone()), ("\"".to_owned(), value)]))
}

macro_rules! round_trips {
    ($($name:ident($values:expr);)+) => {
        proptest! {
            $(
                #[test]
                fn $name(value in $values) {
                    reads_back(value)?;
                }
            )+
        }
    };
}

round_trips! {
    of_u8(any::<u8>());
    of_u16(any::<u16>());
    of_u32(any::<u32>());
    of_u64(any::<u64>());
    of_u128(any::<u128>().prop_map(|value| value / 10));
    of_usize(any::<usize>());
    of_i8(any::<i8>());
    of_i16(any::<i16>());
    of_i32(any::<i32>());
    of_i64(any::<i64>());
    of_i128(any::<i128>().prop_map(|value| value / 10));
    of_isize(any::<isize>());
    of_f32(any::<f32>().prop_filter("finite", |value| value.is_finite()));
    of_f64(floats());
    of_bool(any::<bool>());
    of_chars(any::<char>());
    of_text(any::<String>());
    of_text_with_escapes("[\"\\\\\u{0}-\u{ff}]{0,40}");
    of_boxed_text(any::<String>().prop_map(String::into_boxed_str));
    of_bytes(vec(any::<u8>(), 0..100).prop_map(Bytes::from));
    of_vectors_of_bytes(vec(any::<u8>(), 0..100));
    of_arrays_of_bytes(any::<[u8; 16]>());
    of_options(option::of(any::<i32>()));
    of_options_of_text(option::of(any::<String>()));
    of_lists(vec(option::of(any::<u16>()), 0..10));
    of_tree_maps(btree_map(any::<String>(), vec(any::<bool>(), 0..3), 0..5));
    of_hash_maps(hash_map(any::<String>(), any::<char>(), 0..5));
    of_maps_of_options(btree_map(any::<String>(), option::of(any::<i8>()), 0..5));
    of_sets_of_text(btree_set(any::<String>(), 0..5));
    of_sets_of_numbers(hash_set(any::<i64>(), 0..5));
    of_sets_of_bytes(btree_set(vec(any::<u8>(), 0..10), 0..5));
    of_sets_of_timestamps(btree_set(timestamps(), 0..5));
    of_sets_of_decimals(btree_set(decimals(), 0..5));
    of_timestamps(timestamps());
    of_epoch_seconds(timestamps().prop_map(EpochSeconds::from));
    of_durations((any::<u64>(), 0..1_000_000_000u32).prop_map(|(seconds, nanos)| Duration::new(seconds, nanos)));
    of_decimals(decimals());
    of_json(json_values());
}

#[cfg(feature = "uuid")]
round_trips! {
    of_uuids(any::<u128>().prop_map(uuid::Uuid::from_u128));
}

/// Every `f64` that DynamoDB stores.
pub(crate) fn floats() -> impl Strategy<Value = f64> {
    let stored = |value: &f64| *value == 0.0 || (1e-130..1e126).contains(&value.abs());
    prop_oneof![
        (any::<f64>(), -430i32..400)
            .prop_map(|(value, shift)| f64::from_bits(value.to_bits() & !(0x7ff << 52)) + 2f64.powi(shift)),
        any::<f64>(),
        any::<i32>().prop_map(|value| f64::from(value) / 100.0),
    ]
    .prop_filter("stored by DynamoDB", stored)
}

pub(crate) fn decimals() -> impl Strategy<Value = Decimal> {
    (any::<i128>(), 0..38u32, -130i16..80)
        .prop_filter_map("stored by DynamoDB", |(coefficient, digits, exponent)| {
            Decimal::new(coefficient / 10 / 10i128.pow(digits), exponent).ok()
        })
}

/// JSON whose floats have decimals: DynamoDB does not tell `1.0` from `1`.
pub(crate) fn json_values() -> impl Strategy<Value = Value> {
    let scalars = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        floats().prop_filter("with decimals", |float| float.fract() != 0.0).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    scalars.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..5).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

#[test]
fn of_every_hasher_is_the_same() {
    #[derive(Clone, Default)]
    struct Fixed;
    impl std::hash::BuildHasher for Fixed {
        type Hasher = std::hash::DefaultHasher;

        fn build_hasher(&self) -> Self::Hasher {
            Self::Hasher::new()
        }
    }
    let set: HashSet<u8, Fixed> = (0..10).collect();
    let map: HashMap<String, u8, Fixed> = (0..10).map(|value| (value.to_string(), value)).collect();

    assert_eq!(codec::decode_value(&codec::encode_value(&set).unwrap()), Ok(set));
    assert_eq!(codec::decode_value(&codec::encode_value(&map).unwrap()), Ok(map));
}

#[test]
fn of_the_ends_of_time_is_the_same() {
    for instant in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        assert_eq!(codec::decode_value(&codec::encode_value(&instant).unwrap()), Ok(instant));
    }
}
