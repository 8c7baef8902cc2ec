package dev.overlays.linux.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** A database in this JVM, which is told its files by a URL. */
enum JdbcProgram implements DirectoryProgram {
  H2("org.h2.Driver", "jdbc:h2:", "/database", ""),
  SQLITE("org.sqlite.JDBC", "jdbc:sqlite:", "/database.sqlite?journal_mode=WAL", ""),
  DERBY("org.apache.derby.iapi.jdbc.AutoloadedDriver", "jdbc:derby:", "/database", ";create=true"),
  HSQLDB("org.hsqldb.jdbc.JDBCDriver", "jdbc:hsqldb:file:", "/database", ";hsqldb.tx=mvcc");

  private final String driver;
  private final String scheme;
  private final String name;
  private final String options;

  JdbcProgram(String driver, String scheme, String name, String options) {
    this.driver = driver;
    this.scheme = scheme;
    this.name = name;
    this.options = options;
  }

  @Override
  public void prepare(Path directory) throws SQLException {
    try (Connection connection = open(directory);
        Statement statement = connection.createStatement()) {
      WordTable.create(statement);
      end(statement);
    }
    end(directory);
  }

  @Override
  public void use(Path directory) throws SQLException {
    try (Connection connection = open(directory);
        Statement statement = connection.createStatement()) {
      WordTable.change(statement);
      end(statement);
    }
    end(directory);
  }

  @Override
  public void verify(Path directory) throws SQLException {
    try (Connection connection = open(directory);
        Statement statement = connection.createStatement()) {
      WordTable.verify(statement);
      end(statement);
    }
    end(directory);
  }

  private Connection open(Path directory) throws SQLException {
    return connect(scheme + directory + name + options);
  }

  /** By the driver itself: the manager finds none behind one that cannot be loaded. */
  private Connection connect(String url) throws SQLException {
    try {
      Class<? extends Driver> loaded = Class.forName(driver).asSubclass(Driver.class);
      return loaded.getConstructor().newInstance().connect(url, new Properties());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(driver, e);
    }
  }

  private void end(Statement statement) throws SQLException {
    if (this == HSQLDB) {
      statement.execute("shutdown");
    }
  }

  private void end(Path directory) throws SQLException {
    if (this == DERBY) {
      try {
        connect(scheme + directory + name + ";shutdown=true").close();
      } catch (SQLException e) {
        // A database that has been shut down says so, and does not connect.
        if (!"08006".equals(e.getSQLState())) {
          throw e;
        }
      }
    }
  }

  /** A table that any database takes. */
  static final class WordTable {
    private WordTable() {}

    static void create(Statement statement) throws SQLException {
      statement.execute("create table word (id int primary key, text varchar(20))");
      statement.execute("insert into word values (1, 'fixture')");
    }

    static void change(Statement statement) throws SQLException {
      assertEquals(List.of("fixture"), read(statement));
      statement.execute("update word set text = 'changed' where id = 1");
      statement.execute("insert into word values (2, 'new')");
    }

    static void verify(Statement statement) throws SQLException {
      assertEquals(List.of("changed", "new"), read(statement));
    }

    private static List<String> read(Statement statement) throws SQLException {
      List<String> texts = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery("select text from word order by id")) {
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
      }
      return texts;
    }
  }
}
