//! What is measured.

use std::str::FromStr;

use anyhow::bail;

macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What a program is asked to repeat.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation {
            $($(#[$doc])* $variant,)+
        }

        impl Operation {
            /// The name on the command line.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }

        impl FromStr for Operation {
            type Err = anyhow::Error;

            fn from_str(name: &str) -> anyhow::Result<Self> {
                Ok(match name {
                    $($name => Self::$variant,)+
                    _ => bail!("`{name}` is no operation of the benchmark"),
                })
            }
        }
    };
}

operations! {
    /// A request that writes one item.
    Put = "put",
    /// A request that reads one item.
    Get = "get",
    /// A request that changes one attribute of an item that has to be there.
    Update = "update",
    /// A request that reads a page of 100 items.
    Query = "query",
    /// A request that reads 100 items by their keys.
    BatchGet = "batch-get",
    /// The body of a put, out of a struct.
    Encode = "encode",
    /// A struct, out of the answer to a get.
    Decode = "decode",
    /// A hundred structs, out of the answer to a query.
    DecodePage = "decode-page",
    /// A read of the embedded engine, in memory.
    MemoryGet = "memory-get",
    /// A write of the embedded engine, in memory.
    MemoryPut = "memory-put",
    /// A read of the embedded engine, in a file.
    FileGet = "file-get",
    /// A write of the embedded engine, in a file: on the disk when it is answered.
    FilePut = "file-put",
}
