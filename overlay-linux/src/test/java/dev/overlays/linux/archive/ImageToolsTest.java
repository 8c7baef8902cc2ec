package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.image.OciImage;
import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.merge.oci.value.TransferProgress;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that go from tool to tool: ours, skopeo, podman, umoci and Debian's docker-registry. */
class ImageToolsTest {
  /** bcrypt with few rounds. */
  private static final String BCRYPT_OF_A_COLON_B =
      "$2b$04$BFxfT2XaH5KskkZ3HDKXSePFum0/LRBbShFVz8kssSV8ibkD5Cjli";

  @AutoClose private Sandbox sandbox;

  @TempDir private static Path certificates;

  /** All registries with the same certificates share a client: its descriptors are no leak. */
  @BeforeAll
  static void startClients() throws IOException {
    Programs.require("openssl", "openssl");
    Sandbox.run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=overlays",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        key().toString(),
        "-out",
        certificate().toString());
    OciRegistry nowhere = OciRegistry.of("127.0.0.1:1/none");
    assertThrows(OverlayException.class, nowhere::digest);
    assertThrows(OverlayException.class, () -> nowhere.certificates(certificate()).digest());
  }

  private static Path key() {
    return certificates.resolve("key.pem");
  }

  private static Path certificate() {
    return certificates.resolve("certificate.pem");
  }

  @BeforeEach
  void makeSandbox() throws IOException {
    Programs.require("skopeo", "skopeo");
    Programs.require("docker-registry", "docker-registry");
    Programs.require("podman", "podman");
    Programs.require("umoci", "umoci");
    sandbox = Sandbox.asRoot();
    sandbox.mountTmpfs("t");
  }

  private DockerRegistry startRegistry(String... more) throws IOException {
    DockerRegistry registry = DockerRegistry.start(sandbox.createDirectory("t/registry"), more);
    sandbox.closeLater(registry);
    return registry;
  }

  private static void skopeo(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
    command.addAll(List.of(arguments));
    Sandbox.run(command.toArray(String[]::new));
  }

  /** Random layers, but for what umoci itself does not keep. */
  private OverlaySpec randomLayers(long seed) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory("t/lower1"))
            .lower(sandbox.createDirectory("t/lower2"))
            .upper(sandbox.createDirectory("t/upper"))
            .work(sandbox.createDirectory("t/work"))
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
            .build();
    Path upper = spec.upper().orElseThrow();
    RandomLayers.of(seed, MarkNamespace.TRUSTED)
        .withEveryFormat()
        .fillLayers(LayerStore.of(upper), spec.lowers(), upper);
    return spec;
  }

  private static List<String> comparable(LayerView view) throws IOException {
    return view.withoutHardLinks().manifest().stream()
        .map(line -> line.replaceAll(" user.random.=(?= |$)| flags=[ia]+", ""))
        .toList();
  }

  /** A layer that we write goes through the registry to skopeo, and umoci unpacks it. */
  @Test
  void toolsPullWhatWePush() throws IOException {
    long seed = new Random().nextInt();
    OverlaySpec spec = randomLayers(seed);
    DockerRegistry registry = startRegistry();
    OciLayout layout = OciLayout.at(sandbox.path("t/ours"));
    StoredImage image = OciImage.of(spec).annotation("a", "1").writeTo(layout, "v1");
    String reference = registry.reference("team/cache:v1");
    assertEquals(image.digest(), OciRegistry.of(reference).push(image));
    assertEquals(image.layers().stream().distinct().count() + 1, registry.countUploads());
    long bytes = 0;
    for (Path data : registry.dataFiles()) {
      bytes += Files.size(data);
    }
    long sent =
        image.layers().stream().distinct().mapToLong(layer -> layer.size()).sum()
            + image.config().size()
            + image.manifest().size();
    assertEquals(sent, bytes);
    Path theirs = sandbox.path("t/theirs");
    skopeo("copy", "--src-tls-verify=false", "docker://" + reference, "oci:" + theirs + ":v1");
    // Read back from what skopeo wrote: the digest is still ours.
    StoredImage copied = OciLayout.at(theirs).find("v1");
    copied.verify();
    assertEquals(image.digest(), copied.digest());
    Path bundle = sandbox.path("t/bundle");
    Sandbox.run("umoci", "unpack", "--image", theirs + ":v1", bundle.toString());
    Path upper = spec.upper().orElseThrow();
    LayerStore store = LayerStore.of(upper);
    assertEquals(
        comparable(LayerView.of(store, upper, spec.lowers(), MarkNamespace.TRUSTED)),
        comparable(LayerView.ofSingleLayer(store, bundle.resolve("rootfs"), MarkNamespace.TRUSTED)),
        "seed " + seed);
  }

  /** skopeo validates what it reads: the layout as we write it, and our own reading of it. */
  @Test
  void layoutIsReadBySkopeoAndWrittenByIt() throws IOException {
    OverlaySpec spec = randomLayers(new Random().nextInt());
    OciLayout layout = OciLayout.at(sandbox.path("t/ours"));
    StoredImage image = OciImage.of(spec).writeTo(layout, "v1");
    DockerRegistry registry = startRegistry();
    for (String form : List.of("oci", "v2s2")) {
      String reference = registry.reference("team/" + form + ":v1");
      skopeo(
          "copy",
          "--format",
          form,
          "--dest-tls-verify=false",
          "oci:" + layout + ":v1",
          "docker://" + reference);
      OciLayout pulled = OciLayout.at(sandbox.path("t/" + form));
      StoredImage back = OciRegistry.of(reference).pull(pulled, "v1");
      back.verify();
      assertEquals(image.diffIds(), back.diffIds(), form);
      assertEquals(form.equals("oci"), image.digest().equals(back.digest()), form);
    }
    // It reads layouts with manifests of the OCI only.
    skopeo("copy", "oci:" + sandbox.path("t/oci") + ":v1", "dir:" + sandbox.path("t/dir"));
  }

  /** What podman builds and pushes is what our pull unpacks; podman pulls our push of it. */
  @Test
  void imageOfPodmanTravelsBothWays() throws IOException {
    Programs.require("buildah", "buildah");
    ContainerStorage storage = new ContainerStorage(sandbox.createDirectory("t/storage"), "nodev");
    DockerRegistry registry = startRegistry();
    String theirs = registry.reference("podman/two:v1");
    storage.script("p push -q --tls-verify=false localhost/two " + theirs);
    OciLayout layout = OciLayout.at(sandbox.path("t/pulled"));
    StoredImage image = OciRegistry.of(theirs).pull(layout, "v1");
    List<Path> imported = new ArrayList<>();
    for (int i = 0; i < image.layers().size(); i++) {
      Path to = sandbox.path("t/imported" + i);
      image.importLayer(
          i, OciImport.to(to).setIds(OciTreatment.TAKE).privilegedXattrs(OciTreatment.TAKE));
      imported.add(0, to);
    }
    LayerStore store = LayerStore.of(imported.get(0));
    storage.script("m=$(b mount changed); cp -a $m $S/../view; b umount changed");
    String expected = archived(store, sandbox.path("t/view"));
    LayerView shown =
        LayerView.of(
            store, imported.get(0), imported.subList(1, imported.size()), MarkNamespace.TRUSTED);
    assertEquals(expected, archived(shown));
    String ours = registry.reference("ours/two:v1");
    OciRegistry.of(ours).push(image);
    storage.script(
        "p rmi -fa >/dev/null 2>&1 || true",
        "id=$(p pull -q --signature-policy $S/policy --tls-verify=false " + ours + ")",
        "m=$(p image mount $id); cp -a $m $S/../back; p image umount $id");
    assertEquals(expected, archived(store, sandbox.path("t/back")));
  }

  private static String archived(LayerStore store, Path tree) throws IOException {
    return archived(LayerView.ofSingleLayer(store, tree, MarkNamespace.TRUSTED));
  }

  /** What archives of the tools say: nothing of the root, nor of parts of seconds. */
  private static String archived(LayerView view) throws IOException {
    return String.join("\n", view.manifest())
        .replaceAll(" mtime=\\S+", "")
        .replaceFirst("^[.] .*\n", "");
  }

  /** A registry by TLS that wants a password, which podman login has stored. */
  @Test
  void loginOfPodmanIsUsedByTls() throws IOException {
    DockerRegistry registry =
        startRegistryWithPassword(
            "  tls:", "    certificate: " + certificate(), "    key: " + key());
    String reference = registry.reference("team/cache:v1");
    Path login = sandbox.path("t/auth.json");
    OciRegistry place =
        OciRegistry.of(reference)
            .plainHttp(false)
            .certificates(certificate())
            .credentialFiles(List.of(login));
    StoredImage image =
        OciImage.of(randomLayers(1)).writeTo(OciLayout.at(sandbox.path("t/ours")), "v1");
    OverlayException e = assertThrows(OverlayException.class, () -> place.push(image));
    assertTrue(e.has(ProblemCode.REGISTRY_DENIED), e.toString());
    Sandbox.run(
        "podman",
        "login",
        "-u",
        "me",
        "-p",
        "a:b",
        "--tls-verify=false",
        "--authfile",
        login.toString(),
        registry.host());
    place.push(image);
    place.pull(OciLayout.at(sandbox.path("t/pulled")), "v1").verify();
    OciRegistry untrusted = OciRegistry.of(reference).plainHttp(false);
    e = assertThrows(OverlayException.class, untrusted::digest);
    assertTrue(e.has(ProblemCode.REGISTRY_NOT_REACHED), e.toString());
  }

  /** A registry that knows one user: me, with the password a:b. */
  private DockerRegistry startRegistryWithPassword(String... more) throws IOException {
    Path passwords = sandbox.createFile("t/passwords", "me:" + BCRYPT_OF_A_COLON_B + "\n");
    List<String> lines = new ArrayList<>(List.of(more));
    lines.addAll(List.of("auth:", "  htpasswd:", "    realm: test", "    path: " + passwords));
    return startRegistry(lines.toArray(String[]::new));
  }

  @Test
  void credentialHelperIsAsked() throws IOException {
    DockerRegistry registry = startRegistryWithPassword();
    Path helper =
        sandbox.createFile(
            "t/bin/docker-credential-overlays",
            """
            #!/bin/sh
            read server
            test "$1 $server" = "get %s" || { echo "credentials not found"; exit 1; }
            echo '{"ServerURL":"x","Username":"me","Secret":"a:b"}'
            """
                .formatted(registry.host()));
    Sandbox.run("chmod", "755", helper.toString());
    for (String file :
        List.of(
            "{\"credsStore\":\"overlays\"}",
            "{\"credHelpers\":{\"" + registry.host() + "\":\"overlays\"}}")) {
      Path login = sandbox.createFile("t/login.json", file);
      List<String> command =
          new ArrayList<>(
              List.of("env", "PATH=" + helper.getParent() + ":" + System.getenv("PATH")));
      command.addAll(
          ChildJvm.javaCommand(
              AskedRegistry.class, registry.reference("none:v1"), login.toString()));
      String answer = Sandbox.run(command.toArray(String[]::new));
      assertTrue(answer.contains("Optional.empty"), answer);
    }
  }

  @Test
  void killedWriterLeavesWholeImages() throws IOException {
    OciLayout layout = OciLayout.at(sandbox.path("t/ours"));
    Path layer = sandbox.createDirectory("t/layer");
    Random random = new Random();
    for (int round = 0; round < 3; round++) {
      ChildJvm child =
          ChildJvm.startAsThisUser(
              KilledTransfer.class, layout.directory().toString(), layer.toString());
      child.readAnswer();
      int wanted = 1 + random.nextInt(20);
      while (layout.names().size() < wanted) {
        Thread.onSpinWait();
      }
      child.kill();
      for (String name : layout.names()) {
        layout.find(name).verify();
      }
    }
    Files.writeString(layer.resolve("number"), "last");
    OciImage.of(List.of(OciLayer.of(layer, MarkNamespace.TRUSTED))).writeTo(layout, "v");
    assertEquals(
        "blobs\nindex.json\noci-layout\n", Sandbox.run("ls", "-A", layout.directory().toString()));
  }

  @Test
  void killedPullLeavesTheFormerImageAndTheNextOneGoesOn() throws IOException {
    DockerRegistry registry = startRegistry();
    OciLayout ours = OciLayout.at(sandbox.path("t/ours"));
    StoredImage image = OciImage.of(randomLayers(2)).writeTo(ours, "v1");
    String reference = registry.reference("team/cache:v1");
    OciRegistry.of(reference).push(image);
    OciLayout layout = OciLayout.at(sandbox.path("t/pulled"));
    StoredImage former = OciImage.of(List.of()).writeTo(layout, "pulled");
    for (int blobs = 1; blobs <= 2; blobs++) {
      ChildJvm child =
          ChildJvm.startAsThisUser(
              KilledTransfer.class, layout.directory().toString(), reference, "1");
      assertThrows(IOException.class, child::readAnswer);
      child.close();
      assertEquals(former.digest(), layout.find("pulled").digest());
    }
    List<TransferProgress> seen = new ArrayList<>();
    StoredImage pulled = OciRegistry.of(reference).progress(seen::add).pull(layout, "pulled");
    pulled.verify();
    assertEquals(image.digest(), pulled.digest());
    long all = image.layers().stream().distinct().count() + 1;
    assertEquals(all - 2, seen.get(seen.size() - 1).totalBlobs(), "each killed pull left a blob");
  }
}
