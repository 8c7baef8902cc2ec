package dev.overlays.linux.programs;

import static dev.overlays.linux.programs.ViewKind.ROOTLESS;
import static dev.overlays.linux.programs.ViewKind.UNATTACHED;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * The programs that are tried in views, the form in which each gets the root, and the kinds of
 * views in which it is known to fail with an error. It works in all others.
 */
@SuppressWarnings("ImmutableEnumChecker") // A program keeps nothing in itself.
enum TriedProgram {
  JAVA_NIO("`java.nio.file`, `WatchService`", "`Path`", FilesProgram.JAVA_NIO),
  H2("H2", "string", JdbcProgram.H2, UNATTACHED, ROOTLESS),
  SQLITE("SQLite", "string", JdbcProgram.SQLITE, UNATTACHED, ROOTLESS),
  DERBY("Derby", "string", JdbcProgram.DERBY, UNATTACHED, ROOTLESS),
  HSQLDB("HSQLDB", "string", JdbcProgram.HSQLDB, UNATTACHED, ROOTLESS),
  ROCKSDB("RocksDB", "string", new RocksProgram()),
  POSTGRESQL("PostgreSQL", "`File`", new PostgresProgram()),
  LUCENE("Lucene", "`Path`", new LuceneProgram(), UNATTACHED, ROOTLESS),
  JGIT("JGit", "`File`", new JgitProgram(), UNATTACHED, ROOTLESS),
  LOG4J("log4j2", "string", new LogProgram(), UNATTACHED, ROOTLESS),
  COMMONS_IO("commons-io", "`File`", FilesProgram.COMMONS_IO, UNATTACHED, ROOTLESS),
  GUAVA("Guava", "`File`, `Path`", FilesProgram.GUAVA, UNATTACHED, ROOTLESS),
  ZIPFS("ZIP file system", "`Path`", ClassesProgram.ZIP, UNATTACHED, ROOTLESS),
  CLASSES(
      "`javac -d`, `URLClassLoader`",
      "string, URL",
      ClassesProgram.DIRECTORY,
      UNATTACHED,
      ROOTLESS),
  JAR("`java -jar`", "child", ClassesProgram.JAR, UNATTACHED, ROOTLESS),
  GIT("`git -C`", "child", ChildProgram.GIT, UNATTACHED, ROOTLESS),
  MAVEN("`mvn -f`", "child", ChildProgram.MAVEN),
  GIT_COMMAND("git", "`mount.command`", ChildProgram.GIT.startedByTheMount(), UNATTACHED);

  private final String title;
  private final String handed;
  private final DirectoryProgram program;
  private final Set<ViewKind> failing = EnumSet.noneOf(ViewKind.class);

  TriedProgram(String title, String handed, DirectoryProgram program, ViewKind... failing) {
    this.title = title;
    this.handed = handed;
    this.program = program;
    this.failing.addAll(Arrays.asList(failing));
  }

  /** How the table calls it. */
  String title() {
    return title;
  }

  /** The form in which it gets the root. */
  String rootHandedAs() {
    return handed;
  }

  /** The program itself. */
  DirectoryProgram program() {
    return program;
  }

  /** Whether it can run as the user of such views: PostgreSQL does not run as root. */
  boolean isTriedIn(ViewKind kind) {
    return this != POSTGRESQL || kind.isOfUser();
  }

  /** The expected outcome. */
  ProgramOutcome expectedIn(ViewKind kind) {
    return failing.contains(kind) ? ProgramOutcome.FAILS_LOUDLY : ProgramOutcome.WORKS_IN_VIEW;
  }
}
