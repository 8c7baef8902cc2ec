package dev.overlays.linux.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.NodeList;

/** The POM that users import. */
class BomTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static List<String> textsIn(Path pom, String path) throws Exception {
    NodeList found =
        (NodeList)
            XPathFactory.newInstance()
                .newXPath()
                .evaluate(
                    path,
                    DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(pom.toFile()),
                    XPathConstants.NODESET);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> found.item(i).getTextContent())
        .toList();
  }

  private static List<Path> modules() throws IOException {
    try (Stream<Path> all = Files.list(ROOT)) {
      return all.filter(path -> path.getFileName().toString().startsWith("overlay-"))
          .map(path -> path.resolve("pom.xml"))
          .filter(Files::exists)
          .sorted()
          .toList();
    }
  }

  /** A version of anything else would be forced on whoever imports it. */
  @Test
  void managesTheArtifactsOfThisProjectAndNothingElse() throws Exception {
    Path bom = ROOT.resolve("bom.xml");
    List<String> artifacts = textsIn(bom, "/project/dependencyManagement//artifactId");
    assertEquals(
        modules().stream().map(pom -> pom.getParent().getFileName().toString()).toList(),
        artifacts.stream().sorted().toList());
    assertEquals(
        List.of("dev.overlays", "${project.version}"),
        Stream.concat(
                textsIn(bom, "/project/dependencyManagement//groupId").stream(),
                textsIn(bom, "/project/dependencyManagement//version").stream())
            .distinct()
            .toList());
  }

  @Test
  void allPomsHaveItsVersion() throws Exception {
    List<String> version = textsIn(ROOT.resolve("bom.xml"), "/project/version");
    assertEquals(version, textsIn(ROOT.resolve("pom.xml"), "/project/parent/version"));
    for (Path pom : modules()) {
      assertEquals(version, textsIn(pom, "/project/parent/version"), pom.toString());
    }
  }
}
