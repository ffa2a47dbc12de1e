//! How many calls to AWS are under way at once in a region: each needs a connection, so this also bounds those that stay idle.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many calls a region takes at once, of all mounts.
const CALLS: usize = 64;
/// How many regions have lanes of their own; classes name regions, so their number has to be bounded.
const REGIONS: usize = 64;

/// The lanes of each region: a region that does not answer holds up no other.
#[derive(Default)]
pub(crate) struct Lanes(Mutex<HashMap<String, Arc<Semaphore>>>);

impl Lanes {
    /// Waits for a free lane; the call ends when what is returned is dropped.
    pub(crate) async fn enter(&self, region: &str) -> Option<OwnedSemaphorePermit> {
        let lane = self.of(region);
        lane.acquire_owned().await.ok()
    }

    fn of(&self, region: &str) -> Arc<Semaphore> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = lanes.len() >= REGIONS && !lanes.contains_key(region);
        let name = if is_full { "" } else { region };
        let lane = lanes.entry(name.to_owned());
        Arc::clone(lane.or_insert_with(|| Arc::new(Semaphore::new(CALLS))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_region_that_is_full_holds_up_no_other() {
        let lanes = Lanes::default();
        let mut held = Vec::new();
        for _ in 0..CALLS {
            held.push(lanes.enter("us-east-1").await);
        }
        assert!(lanes.of("us-east-1").try_acquire().is_err());
        assert!(lanes.of("eu-west-1").try_acquire().is_ok());
        held.pop();
        assert!(lanes.of("us-east-1").try_acquire().is_ok());
        for number in 0..1000 {
            drop(lanes.of(&format!("r{number}")));
        }
        assert_eq!(lanes.0.lock().unwrap().len(), REGIONS + 1);
    }
}
