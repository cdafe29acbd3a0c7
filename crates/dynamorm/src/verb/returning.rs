use dynamorm_core::{Error, ErrorKind, model::Model, wire::update_item::Returned};

/// What awaiting a write gives.
pub trait Returning<M>: Send + 'static {
    /// The output.
    type Output: Send + 'static;

    /// Makes the output of the image that the engine returned, if it did.
    ///
    /// # Errors
    /// When the engine left out an image that it has to return.
    fn output(image: Option<M>) -> Result<Self::Output, Error>;
}

/// Nothing comes back.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

/// The item as it was before the write comes back.
#[derive(Clone, Copy, Debug)]
pub struct OldImage;

/// The item as it is after the write comes back.
#[derive(Clone, Copy, Debug)]
pub struct NewImage;

impl<M: Model> Returning<M> for Nothing {
    type Output = ();

    fn output(_: Option<M>) -> Result<(), Error> {
        Ok(())
    }
}

impl<M: Model> Returning<M> for OldImage {
    type Output = Option<M>;

    fn output(image: Option<M>) -> Result<Option<M>, Error> {
        Ok(image)
    }
}

impl<M: Model> Returning<M> for NewImage {
    type Output = M;

    fn output(image: Option<M>) -> Result<M, Error> {
        image.ok_or_else(|| Error::new(ErrorKind::Decode, "the engine did not return the item as it is now"))
    }
}

/// Which image of an item a write asks for.
pub trait Image: Send + 'static {
    /// The image.
    #[doc(hidden)]
    const RETURNED: Returned;
}

impl Image for Nothing {
    const RETURNED: Returned = Returned::Nothing;
}

impl Image for OldImage {
    const RETURNED: Returned = Returned::Old;
}

impl Image for NewImage {
    const RETURNED: Returned = Returned::New;
}
