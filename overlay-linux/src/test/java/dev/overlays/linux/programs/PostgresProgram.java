package dev.overlays.linux.programs;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A PostgreSQL server, a process of its own. It does not run as root. */
final class PostgresProgram implements DirectoryProgram {
  @FunctionalInterface
  private interface StatementWork {
    void doWith(Statement statement) throws SQLException;
  }

  @Override
  public void prepare(Path directory) throws IOException, SQLException {
    run(directory, JdbcProgram.WordTable::create);
  }

  @Override
  public void use(Path directory) throws IOException, SQLException {
    run(directory, JdbcProgram.WordTable::change);
  }

  @Override
  public void verify(Path directory) throws IOException, SQLException {
    run(directory, JdbcProgram.WordTable::verify);
  }

  private static void run(Path directory, StatementWork work) throws IOException, SQLException {
    Path own = Path.of(System.getProperty("java.io.tmpdir"));
    Path data = directory.resolve("data");
    if (!Files.exists(data)) {
      Files.createDirectory(
          data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    try (EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(own.resolve("postgres").toFile())
                .setServerConfig("unix_socket_directories", own.toString())
                .setServerConfig("max_connections", "10")
                .setPGStartupWait(Duration.ofMinutes(1))
                .start();
        Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      work.doWith(statement);
    }
  }
}
