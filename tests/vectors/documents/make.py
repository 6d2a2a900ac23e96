#!/usr/bin/env python3
"""Makes transfer.json: fixed values of every document on a transfer's way, their canonical bytes and SHA-256.

RFC 8785 for what these documents hold - text keys in ASCII, text, integers, null - is JSON with sorted keys, no spaces
and no escapes but the necessary ones, which json.dumps writes by itself. Run: python3 make.py > transfer.json
"""
import hashlib
import json


def ident(letter):
    return letter * 32


def fingerprint(letter):
    return letter * 40


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


ORIGIN = "demo.safehand.invalid"
TRANSFER = "0123456789abcdef0123456789abcdef"
COUNCIL, POLICE, CAROL, OLU, TEAM, FILE = (ident(letter) for letter in "123456")
ROSTER = {"sequence": 3, "hash": digest("roster")}
RECIPIENTS = [
    {"kind": "person", "organisation": POLICE, "account": OLU},
    {"kind": "team", "organisation": POLICE, "team": TEAM},
]
PART = 8 * 1024 * 1024

documents = {
    "statement": {
        "type": "safehand.organisation-statement/1",
        "origin": ORIGIN,
        "organisation": COUNCIL,
        "name": "Cyngor Sir Ynys Môn",
        "sequence": 2,
        "previous": digest("statement 1"),
        "issued": "2026-11-22T03:40:00Z",
        "expires": "2027-11-22T03:40:00Z",
        "root": fingerprint("a"),
        "rosterKeys": [
            {"fingerprint": fingerprint("b"), "from": "2026-11-22T03:40:00Z", "until": "2027-11-22T03:40:00Z"}
        ],
        "successorRoot": None,
    },
    "person": {
        "type": "safehand.person/1",
        "salt": digest("salt"),
        "account": CAROL,
        "name": "Carol O'Neill \"Caz\"",
        "email": "carol@council.example",
        "certificate": fingerprint("c"),
        "encryptionSubkey": fingerprint("d"),
        "roles": ["caseworker", "approver"],
        "teams": [TEAM],
    },
    "roster": {
        "type": "safehand.roster/1",
        "origin": ORIGIN,
        "organisation": COUNCIL,
        "name": "Cyngor Sir Ynys Môn",
        "statement": digest("statement 2"),
        "sequence": 3,
        "previous": digest("roster 2"),
        "issued": "2026-11-22T03:40:00Z",
        "expires": "2026-12-22T03:40:00Z",
        "teams": [{"id": TEAM, "name": "Tîm Diogelu"}],
        "people": sorted([digest("person 1"), digest("person 2")]),
    },
    "scanCertificate": {
        "type": "safehand.scan-certificate/1",
        "origin": ORIGIN,
        "transfer": TRANSFER,
        "fingerprint": fingerprint("e"),
        "encryptionSubkey": fingerprint("f"),
        "issued": "2026-11-22T03:41:00Z",
        "expires": "2026-11-23T03:41:00Z",
    },
    "manifest": {
        "type": "safehand.manifest/1",
        "origin": ORIGIN,
        "transfer": TRANSFER,
        "sender": {"account": CAROL, "fingerprint": fingerprint("c")},
        "recipients": RECIPIENTS,
        "caseReference": "ASB/2026/17",
        "files": [
            {
                "id": FILE,
                "name": "Datganiad – tyst 1.pdf",
                "mediaType": "application/pdf",
                "size": 4294967296,
                "plaintextDigest": digest("plaintext"),
                "bodyDigest": digest("body"),
            }
        ],
    },
    "dispatchNote": {
        "type": "safehand.dispatch-note/1",
        "origin": ORIGIN,
        "transfer": TRANSFER,
        "sender": {
            "account": CAROL,
            "organisation": COUNCIL,
            "fingerprint": fingerprint("c"),
            "roster": ROSTER,
        },
        "agreement": {"id": ident("7"), "version": 1, "hash": digest("agreement")},
        "flow": "council-to-police",
        "purpose": "CRIME_PREVENT_DETECT",
        "items": ["INCIDENT_SUMMARY", "CCTV_FOOTAGE"],
        "marking": "OFFICIAL-SENSITIVE",
        "handlingInstruction": "Ar gyfer yr achos hwn yn unig.",
        "caseReference": digest("ASB/2026/17"),
        "expires": "2026-12-06T03:42:00Z",
        "at": "2026-11-22T03:42:00Z",
        "profile": "v2-gcm",
        "recipients": RECIPIENTS,
        "files": [
            {
                "id": FILE,
                "length": 4295229540,
                "bodyDigest": digest("body"),
                "partSize": PART,
                "commitment": digest("commitment"),
                "keySet": 0,
            },
            {
                "id": "manifest",
                "length": 900,
                "bodyDigest": digest("manifest body"),
                "partSize": PART,
                "commitment": digest("manifest commitment"),
                "keySet": 0,
            },
        ],
        "keySets": [
            {
                "id": 0,
                "wrapped": [
                    {"account": CAROL, "encryptionSubkey": fingerprint("d"), "pkesk": digest("pkesk carol")},
                    {"account": OLU, "encryptionSubkey": fingerprint("8"), "pkesk": digest("pkesk olu")},
                ],
                "scan": {
                    "fingerprint": fingerprint("e"),
                    "encryptionSubkey": fingerprint("f"),
                    "pkesk": digest("pkesk scan"),
                },
            }
        ],
    },
    "verdict": {
        "type": "safehand.verdict/1",
        "origin": ORIGIN,
        "transfer": TRANSFER,
        "note": digest("note"),
        "scanKey": fingerprint("e"),
        "files": [
            {
                "id": FILE,
                "bodyDigest": digest("body"),
                "size": 4294967296,
                "verdict": "unscannable",
                "finding": "Heuristics.Encrypted.PDF",
                "typeSeen": "pdf",
            },
            {
                "id": "manifest",
                "bodyDigest": digest("manifest body"),
                "size": 700,
                "verdict": "clean",
                "finding": None,
                "typeSeen": None,
            },
        ],
        "fileTypes": ["other", "pdf"],
        "engine": "ClamAV 1.4.3",
        "signatures": "27655 of 2026-11-22T01:00:00.000Z",
        "at": "2026-11-22T03:43:00Z",
        "fingerprint": fingerprint("5"),
    },
    "receipt": {
        "type": "safehand.receipt/2",
        "verdict": digest("verdict"),
        "origin": ORIGIN,
        "transfer": TRANSFER,
        "note": digest("note"),
        "scanned": True,
        "account": OLU,
        "fingerprint": fingerprint("9"),
        "at": "2026-11-22T09:15:00Z",
        "roster": {"sequence": 8, "hash": digest("police roster")},
    },
    "approval": {
        "type": "safehand.approval/2",
        "verdict": digest("verdict"),
        "origin": ORIGIN,
        "transfer": TRANSFER,
        "note": digest("note"),
        "account": CAROL,
        "fingerprint": fingerprint("7"),
        "what": "release-not-scanned",
        "reason": "Drawings from the architect, opened here on a machine without a network",
        "at": "2026-11-22T09:05:00Z",
        "roster": {"sequence": 3, "hash": digest("council roster")},
    },
    "addendum": {
        "type": "safehand.addendum/1",
        "origin": ORIGIN,
        "transfer": TRANSFER,
        "note": digest("note"),
        "signer": {
            "account": OLU,
            "organisation": POLICE,
            "fingerprint": fingerprint("9"),
            "roster": {"sequence": 8, "hash": digest("police roster")},
        },
        "recipient": {"kind": "team", "organisation": POLICE, "team": TEAM},
        "reader": {"account": ident("8"), "encryptionSubkey": fingerprint("7")},
        "wrapped": [{"keySet": 0, "pkesk": digest("pkesk added")}],
        "reason": "Joined the team after it was sent",
        "at": "2026-11-23T10:00:00Z",
    },
    "destructionCertificate": {
        "type": "safehand.destruction-certificate/1",
        "origin": ORIGIN,
        "transfer": TRANSFER,
        "agreement": {"id": ident("7"), "version": 1, "hash": digest("agreement")},
        "note": digest("note"),
        "ended": {"as": "recalled", "at": "2026-11-24T08:59:59Z"},
        "files": [
            {"id": FILE, "length": 4295229540, "bodyDigest": digest("body")},
            {"id": "manifest", "length": 900, "bodyDigest": None},
        ],
        "wrappedKeys": 2,
        "scanKeys": [{"fingerprint": fingerprint("e"), "destroyedAt": "2026-11-22T03:44:10Z"}],
        "at": "2026-11-24T09:00:00Z",
        "backupsUntil": "2026-12-29T09:00:00Z",
        "fingerprint": fingerprint("6"),
    },
    "destructionStatement": {
        "type": "safehand.destruction-statement/1",
        "origin": ORIGIN,
        "transfer": TRANSFER,
        "note": digest("note"),
        "account": OLU,
        "fingerprint": fingerprint("9"),
        "what": {"outcome": "destroyed", "how": "Deleted, and the disk’s free space overwritten", "witness": None},
        "at": "2026-11-24T09:00:00Z",
        "roster": {"sequence": 8, "hash": digest("police roster")},
    },
}

made = {
    name: {"value": value, "canonical": canonical(value).decode(), "sha256": hashlib.sha256(canonical(value)).hexdigest()}
    for name, value in documents.items()
}
print(json.dumps(made, indent=2, ensure_ascii=False))
