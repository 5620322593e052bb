// Organizations by the official SDK: what it offers of them, and how it sees failures.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  ScalekitConflictException,
  ScalekitNotFoundException,
  ScalekitServerException,
  ScalekitValidateTokenFailureException,
  type ScalekitClient,
} from "@scalekit-sdk/node";
import { sdk, SEED } from "./clients.js";
import { Gatehouse } from "./gatehouse.js";

// The numbers of the contract's enums.
const APPLICATION = 1;
const CUSTOM = 2;
const UNITS = { MINUTES: 1, HOURS: 2, DAYS: 3 } as const;

async function failureOf(
  call: Promise<unknown>,
): Promise<ScalekitServerException> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof ScalekitServerException, String(error));
    assert.ok(!(error instanceof ScalekitValidateTokenFailureException));
    return error;
  }
  throw new assert.AssertionError({ message: "the call was expected to fail" });
}

describe("organizations through the SDK", () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  let id: string;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
    const made = await client.organization.createOrganization("Megasoft", {
      externalId: "mega-1",
      slug: "auth.megasoft.com",
      logoUrl: "https://megasoft.com/logo.png",
    });
    id = made.organization?.id ?? "";
  });
  after(async () => await gatehouse?.stop());

  test("what is created is read back alike by either id", async () => {
    assert.match(id, /^org_\d{15,19}$/);
    const byId = await client.organization.getOrganization(id);
    const byExternalId =
      await client.organization.getOrganizationByExternalId("mega-1");
    assert.deepEqual(byId, byExternalId);
    assert.equal(byId.organization?.displayName, "Megasoft");
    assert.equal(byId.organization?.slug, "auth.megasoft.com");
    assert.equal(byId.organization?.logoUrl, "https://megasoft.com/logo.png");
  });

  test("an update keeps what it does not name, and echoes metadata", async () => {
    const renamed = await client.organization.updateOrganization(id, {
      displayName: "Mega Corp",
    });
    assert.equal(renamed.organization?.displayName, "Mega Corp");
    assert.equal(renamed.organization?.externalId, "mega-1");
    const tagged = await client.organization.updateOrganizationByExternalId(
      "mega-1",
      {
        metadata: { tier: "gold" },
      },
    );
    assert.deepEqual(tagged.organization?.metadata, { tier: "gold" });
    assert.equal(tagged.organization?.displayName, "Mega Corp");
    assert.equal(tagged.organization?.slug, "auth.megasoft.com");
  });

  test("the list is newest first, and its pages follow each other", async () => {
    for (let number = 0; number < 3; number += 1) {
      await client.organization.createOrganization(`Customer ${number}`);
    }
    const all = await client.organization.listOrganization();
    assert.equal(all.organizations[0]?.displayName, "Customer 2");
    assert.equal(all.totalSize, all.organizations.length);
    const first = await client.organization.listOrganization({ pageSize: 2 });
    assert.equal(first.organizations.length, 2);
    assert.ok(first.nextPageToken && first.nextPageToken.length <= 32);
    const second = await client.organization.listOrganization({
      pageSize: 2,
      pageToken: first.nextPageToken,
    });
    assert.equal(second.organizations[0]?.displayName, "Customer 0");
  });

  test("a search finds parts of names, and nothing by nonsense", async () => {
    const found = await client.organization.searchOrganization("CUSTOMER", 2);
    assert.equal(found.organizations.length, 2);
    assert.equal(found.totalSize, 3);
    const nothing = await client.organization.searchOrganization("zzzz-nobody");
    assert.deepEqual(nothing.organizations, []);
    assert.equal(nothing.totalSize, 0);
    assert.equal(nothing.nextPageToken, "");
    const short = await failureOf(client.organization.searchOrganization("ab"));
    assert.equal(short.errorCode, "INVALID_ARGUMENT");
  });

  test("what is taken, missing or malformed fails with its code", async () => {
    const twice = await failureOf(
      client.organization.createOrganization("Twin", { externalId: "mega-1" }),
    );
    assert.ok(twice instanceof ScalekitConflictException);
    assert.equal(twice.errorCode, "ALREADY_EXISTS");
    assert.match(twice.message, /external_id already exists/);
    const unknown = await failureOf(
      client.organization.getOrganization("org_123456789012345678"),
    );
    assert.ok(unknown instanceof ScalekitNotFoundException);
    assert.equal(unknown.errorCode, "NOT_FOUND");
    assert.match(unknown.message, /not found/);
    const unnamed = await failureOf(client.organization.createOrganization(""));
    assert.equal(unnamed.errorCode, "INVALID_ARGUMENT");
    const confused = await failureOf(
      client.organization.getOrganization("mega-1"),
    );
    assert.equal(confused.errorCode, "INVALID_ARGUMENT");
  });

  test("a deleted organization is gone, and what it was called by is free again", async () => {
    const options = { externalId: "short-lived", slug: "short.lived.test" };
    const first = await client.organization.createOrganization(
      "Short",
      options,
    );
    await client.organization.deleteOrganization(first.organization?.id ?? "");
    const gone = await failureOf(
      client.organization.getOrganization(first.organization?.id ?? ""),
    );
    assert.equal(gone.errorCode, "NOT_FOUND");
    const second = await client.organization.createOrganization(
      "Short again",
      options,
    );
    assert.equal(second.organization?.slug, "short.lived.test");
  });

  test("features: sso and dir_sync come first, as they were switched", async () => {
    const answer = await client.organization.updateOrganizationSettings(id, {
      features: [
        { name: "sso", enabled: true },
        { name: "dir_sync", enabled: false },
      ],
    });
    const features = answer.organization?.settings?.features ?? [];
    assert.deepEqual(
      features.slice(0, 2).map(({ name, enabled }) => [name, enabled]),
      [
        ["sso", true],
        ["dir_sync", false],
      ],
    );
  });

  test("a portal link has an id, a location and a time in the future", async () => {
    const link = await client.organization.generatePortalLink(id);
    assert.match(link.id, /^lnk_\d+$/);
    assert.ok(link.location.startsWith(`${gatehouse.url}/magicLink/`));
    assert.ok(Number(link.expireTime?.seconds) * 1000 > Date.now());
  });

  test("the session policy echoes numbers and units, and can be taken back", async () => {
    const before = await client.organization.getOrganizationSessionPolicy(id);
    assert.equal(before.policySource, APPLICATION);
    for (const [unit, count] of [
      ["MINUTES", 360],
      ["HOURS", 8],
      ["DAYS", 2],
    ] as const) {
      const custom = await client.organization.updateOrganizationSessionPolicy(
        id,
        {
          policySource: "CUSTOM",
          absoluteSessionTimeout: count,
          absoluteSessionTimeoutUnit: unit,
          idleSessionTimeoutEnabled: true,
          idleSessionTimeout: 60,
          idleSessionTimeoutUnit: "MINUTES",
        },
      );
      assert.equal(custom.policySource, CUSTOM);
      const stored = await client.organization.getOrganizationSessionPolicy(id);
      assert.equal(stored.absoluteSessionTimeout, count);
      assert.equal(stored.absoluteSessionTimeoutUnit, UNITS[unit]);
      assert.equal(stored.idleSessionTimeoutEnabled, true);
      assert.equal(stored.idleSessionTimeout, 60);
    }
    const disabled = await client.organization.updateOrganizationSessionPolicy(
      id,
      {
        policySource: "CUSTOM",
        absoluteSessionTimeout: 360,
        absoluteSessionTimeoutUnit: "MINUTES",
        idleSessionTimeoutEnabled: false,
      },
    );
    assert.equal(disabled.idleSessionTimeoutEnabled, false);
    const reverted = await client.organization.updateOrganizationSessionPolicy(
      id,
      {
        policySource: "APPLICATION",
      },
    );
    assert.equal(reverted.policySource, APPLICATION);
  });

  test("the limit of users echoes and is read back", async () => {
    const set = await client.organization.upsertUserManagementSettings(id, {
      maxAllowedUsers: 40,
    });
    assert.equal(set?.maxAllowedUsers, 40);
    const read =
      await client.organization.getOrganizationUserManagementSetting(id);
    assert.equal(read.settings?.maxAllowedUsers, 40);
  });
});
