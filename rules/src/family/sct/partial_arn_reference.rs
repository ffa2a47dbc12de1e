//! SCT111 `partial-arn-reference`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings, Grade};
use crate::text::suffix::looks_suffixed;
use policy_engine::inventory::{Inventory, Secret};
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags an object of a class whose ARN lacks the six characters that Secrets Manager adds to the name of a secret.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager searches for a secret that matches the partial ARN. If the name of a secret ends with a hyphen and six
    /// characters, Secrets Manager can find another secret, or none.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -      - objectName: dev/local
    /// -        objectType: secretsmanager
    /// +      - objectName: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the full ARN, or the name of a secret in the account of the cluster:
    ///
    /// ```yaml
    /// - objectName: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-LoCaL1
    ///   objectAlias: local
    /// ```
    ///
    /// # Fix
    ///
    /// The fix writes the full ARN, if exactly one secret has the name and its ARN is known.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
    "SCT111" "partial-arn-reference", Medium Fragile High,
    needs: [Classes], aws: [], fix: Some(Grade::Safe), Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let inventory = context.inventory;
    let classes = inventory.classes.iter();
    for class in classes.filter(|class| class.provider == "aws") {
        for object in &class.objects {
            let text = object.name.value.as_str();
            let Some(name) = secret_name(text).filter(|name| is_partial(inventory, text, name))
            else {
                continue;
            };
            let message = format!("the ARN of `{name}` lacks the six random characters at its end");
            let draft = Draft::new(
                &*class.name.value,
                object.name.origin,
                "a partial ARN",
                message,
            )
            .because(text);
            match full(inventory, text, name) {
                Some(arn) => {
                    let right = format!("\"{arn}\"");
                    let help = format!("write objectName: {right}");
                    findings.add(draft.help(help).replace(Grade::Safe, right));
                }
                // Before the secret exists the characters are unknown, and the search returns the only secret with the name.
                None if looks_suffixed(name) => findings.add(
                    draft.help("write the full ARN: this one reads like the ARN of another secret"),
                ),
                None => {}
            }
        }
    }
}

/// The name of a secret, with the six characters if they are there.
fn secret_name(text: &str) -> Option<&str> {
    let arn = Arn::parse(text).filter(|arn| arn.service == "secretsmanager")?;
    let name = arn.resource.strip_prefix("secret:")?;
    (!name.is_empty() && !name.contains(['$', '{', '<'])).then_some(name)
}

/// Whether a name lacks the six characters: it cannot end with them, or it is the whole name of a secret.
fn is_partial(inventory: &Inventory, text: &str, name: &str) -> bool {
    let mut secrets = inventory.secrets.iter();
    let is_full = secrets.any(|secret| secret.arn.known() == Some(text));
    !is_full && (!looks_suffixed(name) || named(inventory, text, name).next().is_some())
}

/// The secrets of this name in the account and region of an ARN.
fn named<'a>(
    inventory: &'a Inventory,
    text: &'a str,
    name: &'a str,
) -> impl Iterator<Item = &'a Secret> {
    let home = Arn::parse(text).map(|arn| (arn.account, arn.region));
    let secrets = inventory.secrets.iter();
    secrets.filter(move |secret| {
        secret.name == name && Some((secret.account.as_str(), secret.region.as_str())) == home
    })
}

fn full<'a>(inventory: &'a Inventory, text: &'a str, name: &'a str) -> Option<&'a str> {
    let mut secrets = named(inventory, text, name);
    let only = secrets.next().filter(|_| secrets.next().is_none())?;
    only.arn.known()
}
