package dev.overlays.testkit.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.IdMapping;
import dev.overlays.MountAttribute;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promises that requested options are in force or refused, never ignored. */
abstract class OptionPromises extends ContractPromises {

  OptionPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private void assertRefused(OverlaySpec spec) throws IOException {
    new RefusalCheck(sandbox())
        .assertRefusedOrDeclined(
            spec, ProblemCode.OPTION_UNSUPPORTED, ProblemCode.USERXATTR_REQUIRED);
  }

  @ParameterizedTest(name = "10.1 an option is in force, or refused: {0}")
  @EnumSource
  void optionIsInForceOrRefused(OptionFeature feature) throws IOException {
    sandbox().makeFile("lower/file", "content");
    OverlaySpec spec = sandbox().specOfLayers().options(feature::addTo).build();
    if (!sandbox().backendUnderTest().capabilities().containsAll(feature.neededCapabilities())) {
      assertRefused(spec);
      return;
    }
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("content", Files.readString(mount.root().resolve("file")));
      OverlayMount listed = sandbox().assertListed(mount);
      assertEquals(feature.valueIn(spec.options()), feature.valueIn(listed.spec().options()));
    }
  }

  @ParameterizedTest(name = "10.2 a property of the mount is in force, or refused: {0}")
  @EnumSource
  void mountPropertyIsInForceOrRefused(MountAttribute attribute) throws IOException {
    sandbox().makeFile("lower/file", "content");
    OverlaySpec spec = sandbox().specOfLayers().attributes(attribute).build();
    boolean readOnly = attribute == MountAttribute.READ_ONLY;
    if (!sandbox().isDeclared(capabilityFor(attribute))) {
      assertRefused(spec);
      return;
    }
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("content", Files.readString(mount.root().resolve("file")));
      sandbox().assertListed(mount);
      if (readOnly) {
        ReadOnlyCheck.assertRefusesChanges(sandbox(), mount, "file");
      }
    }
    assertEquals(List.of(), VisibleTree.namesIn(sandbox().pathOf("upper")));
  }

  private static Capability capabilityFor(MountAttribute attribute) {
    return switch (attribute) {
      case READ_ONLY -> Capability.READ_ONLY_VIEW;
      case NOSYMFOLLOW -> Capability.NOSYMFOLLOW;
      default -> Capability.MOUNT_ATTRIBUTES;
    };
  }

  @Test
  @DisplayName("10.3 a view without an upper is read-only, or refused")
  void viewWithoutUpperIsReadOnlyOrRefused() throws IOException {
    OverlaySpec spec =
        sandbox()
            .specWithoutLayers()
            .lower(sandbox().makeDirectory("lower"))
            .lower(sandbox().makeDirectory("second"))
            .mountPoint(sandbox().makeDirectory("mnts"))
            .build();
    if (!sandbox().isDeclared(Capability.READ_ONLY_VIEW)) {
      assertRefused(spec);
      return;
    }
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of(), VisibleTree.namesIn(mount.root()));
      sandbox().assertListed(mount);
    }
  }

  @Test
  @DisplayName("10.4 with redirect_dir=on a directory of a lower is renamed without a copy")
  void redirectRenamesWithoutACopy() throws IOException {
    sandbox().assumeDeclared(Capability.TRUSTED_MARKS, Capability.REDIRECT_DIR);
    sandbox().makeFile("lower/directory/file", "content");
    OverlaySpec spec =
        sandbox().specOfLayers().options(o -> OptionFeature.REDIRECTS.addTo(o)).build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      Files.move(mount.root().resolve("directory"), mount.root().resolve("renamed"));
      Files.writeString(mount.root().resolve("renamed/new"), "new");
    }
    assertEquals(List.of("new"), VisibleTree.namesIn(sandbox().pathOf("upper/renamed")));
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of("renamed"), VisibleTree.namesIn(mount.root()));
      assertEquals("content", Files.readString(mount.root().resolve("renamed/file")));
      assertEquals("new", Files.readString(mount.root().resolve("renamed/new")));
    }
  }

  @Test
  @DisplayName("10.5 with metacopy=on a change of permissions copies no data")
  void metacopyCopiesNoData() throws IOException {
    sandbox()
        .assumeDeclared(Capability.TRUSTED_MARKS, Capability.REDIRECT_DIR, Capability.METACOPY);
    sandbox().assumeDeclared(Capability.PERMISSIONS);
    sandbox().makeFile("lower/file", "content");
    OverlaySpec spec =
        sandbox().specOfLayers().options(o -> OptionFeature.METACOPY.addTo(o)).build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      Path file = mount.root().resolve("file");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      assertEquals("content", Files.readString(file));
    }
    try (LayerDirectory upper = sandbox().layerStore().open(sandbox().pathOf("upper"))) {
      String mark = Mark.METACOPY.xattr(sandbox().markNamespace());
      assertTrue(upper.xattr(Name.of("file"), mark).isPresent(), "the file has data");
    }
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("content", Files.readString(mount.root().resolve("file")));
    }
  }

  @Test
  @DisplayName("10.6 with index=on the names of a file of a lower stay one file")
  void indexKeepsNamesOneFile() throws IOException {
    sandbox().assumeDeclared(Capability.INDEX, Capability.HARD_LINKS);
    Path file = sandbox().makeFile("lower/one", "lower");
    Files.createLink(sandbox().pathOf("lower/other"), file);
    OverlaySpec spec = sandbox().specOfLayers().options(o -> o.withIndex(true)).build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      Files.writeString(mount.root().resolve("one"), "changed");
      assertEquals("changed", Files.readString(mount.root().resolve("other")));
    }
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("changed", Files.readString(mount.root().resolve("other")));
    }
  }

  @Test
  @DisplayName("10.7 a data-only lower gives data and no names, or is refused")
  void dataLowerGivesDataAndNoNames() throws IOException {
    sandbox().makeFile("data/blobs/1", "the data");
    sandbox().makeFile("lower/file", "no data!");
    OverlaySpec spec =
        sandbox()
            .specOfLayers()
            .dataLower(sandbox().pathOf("data"))
            .options(o -> o.withUserXattr(false).withRedirectDir(RedirectDir.ON).withMetacopy(true))
            .build();
    if (!sandbox().isDeclared(Capability.DATA_LOWERS)) {
      assertRefused(spec);
      return;
    }
    try (LayerDirectory lower = sandbox().layerStore().open(sandbox().pathOf("lower"))) {
      Name name = Name.of("file");
      lower.setXattr(name, Mark.METACOPY.xattr(sandbox().markNamespace()), new byte[0]);
      lower.setXattr(
          name, Mark.REDIRECT.xattr(sandbox().markNamespace()), "/blobs/1".getBytes(UTF_8));
    }
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("the data", Files.readString(mount.root().resolve("file")));
      assertFalse(Files.exists(mount.root().resolve("blobs")));
    }
  }

  @ParameterizedTest(name = "10.8 a kind of propagation is in force, or refused: {0}")
  @EnumSource
  void propagationIsInForceOrRefused(Propagation propagation) throws IOException {
    sandbox().makeFile("lower/file", "content");
    OverlaySpec spec = sandbox().specOfLayers().propagation(propagation).build();
    if (propagation != Propagation.PRIVATE && !sandbox().isDeclared(Capability.PROPAGATION)) {
      assertRefused(spec);
      return;
    }
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("content", Files.readString(mount.root().resolve("file")));
      // A slave without a master may be listed as private.
      if (propagation != Propagation.SLAVE) {
        sandbox().assertListed(mount);
      }
    }
  }

  @Test
  @DisplayName("10.9 the files of an ID-mapped lower have other owners, or it is refused")
  void idMappedLowerShowsOtherOwners() throws IOException {
    Path file = sandbox().makeFile("lower/file", "content");
    OverlaySpec spec =
        sandbox()
            .specOfLayers()
            .lowers(List.of())
            .lower(sandbox().pathOf("lower"), IdMapping.of(0, 100_000, 65_536))
            .build();
    if (!sandbox().isDeclared(Capability.ID_MAPPED_LOWERS)) {
      new RefusalCheck(sandbox())
          .assertRefusedOrDeclined(
              spec, ProblemCode.OPTION_UNSUPPORTED, ProblemCode.LOWER_NOT_IDMAPPABLE);
      return;
    }
    Integer owner = (Integer) Files.getAttribute(file, "unix:uid");
    try (OverlayMount mount = sandbox().mount(spec)) {
      Path shown = mount.root().resolve("file");
      assertEquals(100_000 + owner, Files.getAttribute(shown, "unix:uid"));
      Files.writeString(shown, "changed");
      assertEquals(100_000 + owner, Files.getAttribute(shown, "unix:uid"), "after its copy-up");
    }
    assertEquals(owner, Files.getAttribute(file, "unix:uid"));
  }
}
