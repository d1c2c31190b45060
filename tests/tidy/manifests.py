#!/usr/bin/python3 -B
"""Holds the files of k8s against each other and against the flags and metrics that the sources have."""

import glob
import os
import re
import subprocess
import tempfile
import unittest

import yaml

from sources import ROOT, Tree

K8S = ROOT / "k8s"
RUNS = ("Deployment", "StatefulSet", "DaemonSet", "Job")


def load(path):
    return [d for d in yaml.safe_load_all((K8S / path).read_text(encoding="utf-8")) if d]


def kustomizations():
    found = [os.path.relpath(p, K8S) for p in glob.glob(f"{K8S}/**/kustomization.yaml", recursive=True)]
    return {os.path.dirname(p): load(p)[0] for p in found}


def files_of(folder, kustomization):
    """What a kustomization names: resources, patches and the files of config maps."""
    named = list(kustomization.get("resources", []))
    named += [p["path"] for p in kustomization.get("patches", [])]
    named += [f for g in kustomization.get("configMapGenerator", []) for f in g.get("files", [])]
    return {os.path.normpath(os.path.join(folder, name)) for name in named}


def objects(*paths):
    """All objects of the base and the given overlay files."""
    every = [d for p in glob.glob(f"{K8S}/base/*.yaml") for d in load(os.path.relpath(p, K8S))]
    return every + [d for p in paths for d in load(p)]


def kind(docs, *kinds):
    return [d for d in docs if d.get("kind") in kinds]


def pods(docs):
    return [(d["metadata"]["name"], d["spec"]["template"]) for d in kind(docs, *RUNS)]


def containers(template):
    return template["spec"].get("initContainers", []) + template["spec"]["containers"]


def matches(selector, template):
    labels = template["metadata"]["labels"]
    return all(labels.get(k) == v for k, v in selector.items())


DOCS = objects("overlays/dev/postgresql.yaml")


class Manifests(unittest.TestCase):
    def test_every_file_is_named_and_every_name_is_a_file(self):
        named = set()
        for folder, kustomization in kustomizations().items():
            files = files_of(folder, kustomization)
            for file in files:
                self.assertTrue((K8S / file).exists(), f"{folder} names {file}")
            named |= files
        for path in glob.glob(f"{K8S}/**/*.*", recursive=True):
            file = os.path.relpath(path, K8S)
            if not file.endswith(("kustomization.yaml", ".md")):
                self.assertIn(file, named, "nothing names it")

    def test_every_container_is_locked_and_limited(self):
        for name, template in pods(DOCS):
            spec = template["spec"]
            self.assertTrue(spec["securityContext"]["runAsNonRoot"], name)
            self.assertFalse(spec["automountServiceAccountToken"], name)
            for container in containers(template):
                with self.subTest(name, container=container["name"]):
                    context = container["securityContext"]
                    self.assertTrue(context["readOnlyRootFilesystem"])
                    self.assertFalse(context["allowPrivilegeEscalation"])
                    self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
                    self.assertIn("memory", container["resources"]["limits"])

    def test_every_mount_has_its_volume_and_every_volume_a_mount(self):
        for name, template in pods(DOCS):
            volumes = {v["name"] for v in template["spec"]["volumes"]}
            mounts = {m["name"] for c in containers(template) for m in c["volumeMounts"]}
            self.assertEqual(volumes, mounts, name)

    def test_every_secret_and_config_map_is_generated_or_documented(self):
        generated = {g["name"] for k in kustomizations().values()
                     for g in k.get("configMapGenerator", [])}
        rows = (K8S / "README.md").read_text(encoding="utf-8")
        documented = set(re.findall(r"^\| `([a-z-]+)` \| (?:Secret|ConfigMap)", rows, re.MULTILINE))
        text = yaml.safe_dump(DOCS)
        used = set(re.findall(r"secretName: (\S+)", text))
        used |= set(re.findall(
            r"(?:configMap|secretRef|\w+KeyRef):\n(?: +key: \S+\n)? +name: (\S+)", text))
        self.assertEqual(used, generated | documented)

    def test_selectors_and_ports_meet_a_pod(self):
        for service in kind(DOCS, "Service"):
            found = [t for _, t in pods(DOCS) if matches(service["spec"]["selector"], t)]
            self.assertEqual(len(found), 1, service["metadata"]["name"])
            ports = {p[k] for c in found[0]["spec"]["containers"] for p in c["ports"]
                     for k in ("name", "containerPort")}
            for port in service["spec"]["ports"]:
                self.assertIn(port.get("targetPort", port["port"]), ports)
        for guarded in kind(DOCS, "PodDisruptionBudget", *RUNS):
            selector = guarded["spec"]["selector"]["matchLabels"]
            self.assertTrue(any(matches(selector, t) for _, t in pods(DOCS)), guarded["metadata"])

    def test_policies_name_pods_and_their_ports(self):
        for policy in kind(DOCS, "NetworkPolicy"):
            own = policy["spec"]["podSelector"].get("matchLabels", {})
            self.assertTrue(any(matches(own, t) for _, t in pods(DOCS)), policy["metadata"])
            for rule in policy["spec"].get("egress", []):
                for peer in rule["to"]:
                    self.check_peer(peer, rule["ports"])
            for rule in policy["spec"].get("ingress", []):
                self.check_peer({"podSelector": {"matchLabels": own}}, rule["ports"])
                for peer in rule.get("from", []):
                    self.check_peer(peer, [])

    def check_peer(self, peer, ports):
        if "podSelector" not in peer:
            return
        found = [t for _, t in pods(DOCS) if matches(peer["podSelector"]["matchLabels"], t)]
        self.assertTrue(found, peer)
        open_ports = {p["containerPort"] for t in found for c in t["spec"]["containers"]
                      for p in c["ports"]}
        for port in ports:
            self.assertIn(port["port"], open_ports)

    def test_every_image_is_pinned_by_every_overlay(self):
        base = {c["image"] for _, t in pods(objects()) for c in containers(t)}
        for folder, kustomization in kustomizations().items():
            if folder.startswith("overlays/"):
                pinned = {i["name"] for i in kustomization["images"] if i.get("newTag")}
                self.assertLessEqual(base, pinned, folder)

    def test_flags_and_metrics_exist(self):
        tree = Tree.read()
        flags = set(re.findall(r"ABSL_FLAG\([^,]+(?:<[^>]*>)?, (\w+),", tree["common/server/flags.cc"]))
        args = [a for name, template in pods(DOCS) if name in ("disputes", "population")
                for a in template["spec"]["containers"][0]["args"]]
        for arg in args:
            self.assertIn(re.match(r"--(\w+)", arg).group(1), flags)
        known = set(re.findall(r'"(pingan_\w+)"', "".join(tree.cpp().values())))
        for alert in load("monitoring/alerts.yaml")[0]["spec"]["groups"][0]["rules"]:
            used = set(re.findall(r"pingan_\w+", alert["expr"]))
            self.assertTrue(used, alert["alert"])
            self.assertLessEqual(used, known, alert["alert"])

    def test_redis_lets_the_service_do_what_it_does_and_nothing_more(self):
        key, notice = "pingan:disputes:row:a", "pingan:disputes:notice:a"
        allowed = ["ping", "info server", f"get {key}", f"set {key} 1 PX 5", f"del {key}",
                   f"watch {key}", "multi", "exec", "client id", "publish pingan:disputes:ack:a 1",
                   "subscribe __redis__:invalidate pingan:disputes:ack:a",
                   f"client tracking on redirect 1 bcast prefix {notice}"]
        refused = ["eval 1 0", "config get *", "keys *", "flushall", "scan 0", "client kill id 1",
                   "get other:a", "publish other 1", "acl list", "debug jmap", "shutdown"]
        answers = self.dry_run(allowed + refused)
        for command in allowed:
            self.assertEqual(answers[command], "OK", command)
        for command in refused:
            self.assertIn("has no permissions", answers[command], command)

    def dry_run(self, commands):
        """What a private Redis with our ACL, and a default user for this test, says to each."""
        with tempfile.TemporaryDirectory() as folder:
            acl = (K8S / "base/redis-acl.conf").read_text(encoding="utf-8")
            acl = re.sub(r"^user default .*$", "user default on nopass ~* &* +@all", acl, flags=re.M)
            with open(f"{folder}/acl", "w", encoding="utf-8") as file:
                file.write(acl.replace("#PASSWORD_SHA256", "#" + "0" * 64))
            server = subprocess.Popen(
                ["redis-server", "--port", "0", "--unixsocket", f"{folder}/socket", "--save", "",
                 "--dir", folder, "--aclfile", f"{folder}/acl"], stdout=subprocess.PIPE, text=True)
            try:
                for line in server.stdout:
                    if "ready to accept connections" in line:
                        break
                ask = ["redis-cli", "-s", f"{folder}/socket", "acl", "dryrun", "pingan"]
                return {c: subprocess.run(ask + c.split(" "), capture_output=True, text=True,
                                          check=False).stdout.strip() for c in commands}
            finally:
                server.terminate()
                server.communicate()


if __name__ == "__main__":
    unittest.main()
