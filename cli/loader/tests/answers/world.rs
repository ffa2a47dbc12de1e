//! Worlds.

use super::case::{decision, read};
use policy_engine::service::PARAMETER_STORE;

const WORLD: &str = r#"
ascp-policy: 1
accounts:
  shop:
    id: "111122223333"
    region: REGION
    clusters:
      prod: { serviceAccounts: { pay/api: { association: reader, mounts: [pay/db] } } }
    roles:
      reader:
        trust: pod-identity
        policies: { read: [{ Effect: Allow, Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], Resource: "*" }] }
    secrets: { pay/db: {} }
"#;

#[test]
fn a_region_of_the_european_sovereign_cloud_is_one() {
    for region in ["us-east-1", "eusc-de-east-1", "us-gov-west-1"] {
        let world = WORLD.replace("REGION", region);
        assert_eq!(decision(&read(&[("ascp-policy.yaml", &world)])), "allow");
    }
}

#[test]
fn a_parameter_of_a_hierarchy_is_named_with_its_first_slash() {
    let world =
        WORLD.replace("REGION", "us-east-1") + "    parameters: { /pay/url: {}, url: {} }\n";
    let loaded = read(&[("ascp-policy.yaml", &world)]);
    let resolves = |name: &str| {
        let inventory = &loaded.inventory;
        let object = inventory.resolve(name, &PARAMETER_STORE, "111122223333", "us-east-1");
        object.map(|object| object.name().to_owned())
    };
    assert_eq!(resolves("/pay/url").as_deref(), Some("/pay/url"));
    assert_eq!(resolves("pay/url"), None);
    assert_eq!(resolves("url").as_deref(), Some("url"));
    assert_eq!(resolves("/url").as_deref(), Some("url"));
}
