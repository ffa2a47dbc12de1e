//! Bounds the concurrent calls to AWS per region. Each call needs a connection, so this also bounds idle connections.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The number of concurrent calls per region, of all mounts together.
const CALLS: usize = 64;
/// The number of regions with lanes of their own. Classes name regions, so their number needs a bound.
const REGIONS: usize = 64;

/// The lanes of each region: a region that does not answer delays no other region.
#[derive(Default)]
pub(crate) struct Lanes(Mutex<HashMap<String, Arc<Semaphore>>>);

impl Lanes {
    /// Waits for a free lane; dropping the returned permit frees it.
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
    async fn a_full_region_delays_no_other() {
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
