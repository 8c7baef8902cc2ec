package dev.overlays.linux;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.jna.Native;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.overlays.Overlays;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between the rooms of all modules, as ARCHITECTURE.md draws them. */
class ArchitectureTest {

  /** Each package is a room. */
  private static final class ByPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      return SliceIdentifier.of(javaClass.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  private static Path placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A build that packages has the other modules as jars. */
  private static Location locationOf(Path place) {
    try {
      return Files.isDirectory(place)
          ? Location.of(place)
          : Location.of(new JarFile(place.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JavaClasses classesBeside(Class<?>... types) {
    List<Location> places = List.of(types).stream().map(type -> locationOf(placeOf(type))).toList();
    return new ClassFileImporter().importLocations(places);
  }

  @ParameterizedTest
  @ValueSource(classes = {Overlays.class, LayerView.class, OverlayMerge.class, KernelBackend.class})
  void noPackagesOfAModuleNeedEachOther(Class<?> ofModule) {
    slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(classesBeside(ofModule));
  }

  @Test
  void theTestKitNeedsNoMerge() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.overlays.merge..", "dev.overlays.cache..", "dev.overlays.linux..")
        .check(classesBeside(Overlays.class, LayerView.class));
  }

  @Test
  void theMergeNeedsNoBackendAndNoTestKit() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.overlays.linux..", "dev.overlays.testkit..")
        .check(classesBeside(OverlayMerge.class));
  }

  @Test
  void jnaIsBehindOneSeam() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.overlays.linux.syscall")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(Native.class.getPackageName() + "..")
        .check(
            classesBeside(
                Overlays.class, LayerView.class, OverlayMerge.class, KernelBackend.class));
  }

  private static Set<String> exportedToAll(Class<?> ofModule) {
    ModuleDescriptor descriptor =
        ModuleFinder.of(placeOf(ofModule)).findAll().iterator().next().descriptor();
    Set<String> packages = new TreeSet<>();
    descriptor.exports().stream()
        .filter(exports -> !exports.isQualified())
        .forEach(exports -> packages.add(exports.source()));
    return packages;
  }

  @Test
  void onlyFacadesAndTheirValuesAreExported() {
    assertEquals(
        Set.of(
            "dev.overlays",
            "dev.overlays.copy",
            "dev.overlays.fuseform",
            "dev.overlays.hiding",
            "dev.overlays.instance",
            "dev.overlays.layer",
            "dev.overlays.spi"),
        exportedToAll(Overlays.class));
    assertEquals(
        Set.of(
            "dev.overlays.cache",
            "dev.overlays.merge",
            "dev.overlays.merge.oci",
            "dev.overlays.merge.oci.image",
            "dev.overlays.merge.oci.registry",
            "dev.overlays.merge.oci.value",
            "dev.overlays.merge.report"),
        exportedToAll(OverlayMerge.class));
    assertEquals(
        Set.of(
            "dev.overlays.testkit.backend",
            "dev.overlays.testkit.fault",
            "dev.overlays.testkit.junit",
            "dev.overlays.testkit.layer",
            "dev.overlays.testkit.memory",
            "dev.overlays.testkit.replay",
            "dev.overlays.testkit.tree",
            "dev.overlays.testkit.union"),
        exportedToAll(LayerView.class));
    assertEquals(
        Set.of("dev.overlays.linux", "dev.overlays.linux.boot"),
        exportedToAll(KernelBackend.class));
  }
}
