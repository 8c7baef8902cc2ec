package dev.overlays.linux.kernels;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.List;
import org.junit.platform.engine.DiscoverySelector;

/** The tests that run on another kernel, named relative to the package of this module. */
@SuppressWarnings("ImmutableEnumChecker") // A list that cannot change.
enum TestSelection {
  /** All that a machine of memory can run in some minutes. */
  FULL(
      "kernels.KernelFeatureTest",
      "kernels.RootlessFeatureTest",
      "mount.MountTest",
      "mount.InstanceTest",
      "mount.NamesTest",
      "mount.OptionsTest",
      "mount.ChannelsTest",
      "mount.KernelReasonTest",
      "mount.UnattachedMountTest",
      "runtime.MountPointOfOurOwnTest",
      "mount.EphemeralTest",
      "mount.AttributesTest",
      "mount.PropagationTest",
      "mount.RemountTest",
      "mount.BusyTest",
      "mount.ForeignMountTest",
      "mount.PrivatePathTest",
      "mount.IdMappedLowersTest",
      "rootless.RootlessAsRootTest",
      "rootless.RootlessUserTest",
      "rootless.RootlessContractTest",
      "rootless.RestrictedTest",
      "context.KernelOptionsTest",
      "context.LayerNamesTest",
      "table.MountTableTest",
      "table.SpecDecoderTest",
      "table.OptionStringTest",
      "BackendTest",
      "backend.KernelOnExt4Test",
      "layer.NativeLayerStoreTest",
      "layer.FileAttributesTest",
      "layer.DataCopyTest",
      "layer.TmpfsMergeTest",
      "layer.Ext4MergeTest",
      "layer.XfsMergeTest",
      "layer.VacuumTmpfsTest",
      "layer.DiffKernelTest",
      "layer.KernelViewTest",
      "layer.KernelFormatsTest",
      "union.UnionKernelTest",
      "replay.DifferentialTest",
      "replay.FoundDifferencesTest",
      "merge.IndexTest",
      "namespace.RestrictionTest",
      "refusal.RefusalTest",
      "backend.FuseOverlayfsTest"),

  /** One test of each promise, in a minute. */
  SHORT(
      "kernels.KernelFeatureTest",
      "mount.MountTest",
      "runtime.MountPointOfOurOwnTest",
      "kernels.RootlessFeatureTest"),

  /** What a JVM of another processor can do that a translator runs on this kernel. */
  EMULATED(
      "layer.NativeLayerStoreTest",
      "kernels.KernelFeatureTest#holders",
      "kernels.KernelFeatureTest#mountPoint",
      "kernels.KernelFeatureTest#merge");

  private static final String PACKAGE = "dev.overlays.linux.";

  private final List<String> names;

  TestSelection(String... names) {
    this.names = List.of(names);
  }

  /** The tests themselves. */
  List<DiscoverySelector> selectors() {
    return names.stream().map(TestSelection::selector).toList();
  }

  private static DiscoverySelector selector(String name) {
    return name.contains("#") ? selectMethod(PACKAGE + name) : selectClass(PACKAGE + name);
  }
}
