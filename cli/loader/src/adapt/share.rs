//! Resource shares of AWS RAM, as far as parameters are in them.

use super::{
    attribute::Open,
    batch::Batch,
    spelling::{PRINCIPALS, RESOURCES},
};
use crate::{
    arns::share_of,
    pending::{Stray, StrayFact},
    resource::Resource,
};
use policy_engine::source::Spanned;

/// All principals of a share may use its parameters.
pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let mut open = Open::of(&resource.exists);
    let principals: Vec<_> = resource
        .shown_texts(PRINCIPALS, &mut open)
        .into_iter()
        .map(|principal| Spanned::new(share_of(&principal.value).to_owned(), principal.origin))
        .collect();
    let mut others = Open::default();
    for arn in resource.shown_texts(RESOURCES, &mut others) {
        let mut parameters = batch.loading.inventory.parameters.iter_mut();
        if let Some(parameter) = parameters.find(|parameter| parameter.arn == arn.value) {
            let shares = &mut parameter.shares;
            shares.list.extend(principals.iter().cloned());
            shares.open = open.hole().cloned().or(shares.open.take());
        }
    }
    if let (Some(hole), Some(account)) = (others.hole(), &resource.home.account) {
        let stray = Stray::within(account.clone(), StrayFact::Share(hole.clone()));
        batch.loading.strays.push(stray);
    }
}
