import com.google.zetasql.Analyzer;
import com.google.zetasql.AnalyzerOptions;
import com.google.zetasql.LanguageOptions;
import com.google.zetasql.Parser;
import com.google.zetasql.SimpleCatalog;
import com.google.zetasql.SimpleTable;
import com.google.zetasql.SqlException;
import com.google.zetasql.Type;
import com.google.zetasql.TypeFactory;
import com.google.zetasql.ZetaSQLBuiltinFunctionOptions;
import com.google.zetasql.ZetaSQLOptions.LanguageFeature;
import com.google.zetasql.ZetaSQLOptions.ParameterMode;
import com.google.zetasql.ZetaSQLType.TypeKind;
import com.google.zetasql.resolvedast.ResolvedColumn;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateTableAsSelectStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateTableStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateViewStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOutputColumn;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedStatement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Analyzes statements one after the other, as BigQuery would: what one creates, the next ones read. The file separates
 * them by a line of two semicolons; each is answered by a line, `OK` or `NO` and why.
 */
public class Analyze {
  private static final Type STRING = TypeFactory.createSimpleType(TypeKind.TYPE_STRING);
  private static final SimpleCatalog CATALOG = new SimpleCatalog("bigquery");
  private static final Map<String, SimpleCatalog> DATASETS = new HashMap<>();

  public static void main(String[] arguments) throws Exception {
    CATALOG.addZetaSQLFunctionsAndTypes(new ZetaSQLBuiltinFunctionOptions(language()));
    for (String dataset : List.of("tidemark", "tidemark_state")) {
      define(List.of(dataset, "INFORMATION_SCHEMA", "TABLES"), names("table_schema", "table_name", "table_type"));
      define(List.of(dataset, "INFORMATION_SCHEMA", "COLUMNS"), names("table_schema", "table_name", "column_name"));
    }
    for (String statement : Files.readString(Path.of(arguments[0])).split("\n;;\n")) {
      try {
        analyze(statement);
        System.out.println("OK");
      } catch (SqlException error) {
        System.out.println("NO " + error.getMessage().replace('\n', ' '));
      }
    }
  }

  private static LanguageOptions language() {
    LanguageOptions options = new LanguageOptions();
    options.enableMaximumLanguageFeatures();
    options.setSupportsAllStatementKinds();
    options.enableLanguageFeature(LanguageFeature.FEATURE_V_1_3_ALLOW_DASHES_IN_TABLE_NAME);
    options.enableLanguageFeature(LanguageFeature.FEATURE_ANNOTATION_FRAMEWORK);
    options.enableLanguageFeature(LanguageFeature.FEATURE_COLLATION_SUPPORT);
    return options;
  }

  private static void analyze(String text) {
    LanguageOptions language = language();
    if (text.contains("begin transaction;")) {
      Parser.parseScript(text, language);
      return;
    }
    AnalyzerOptions options = new AnalyzerOptions();
    options.setLanguageOptions(language);
    options.setAllowUndeclaredParameters(true);
    options.setParameterMode(ParameterMode.PARAMETER_POSITIONAL);
    ResolvedStatement statement = Analyzer.analyzeStatement(text, options, CATALOG);
    if (statement instanceof ResolvedCreateTableAsSelectStmt create) {
      define(create.getNamePath(), outputs(create.getOutputColumnList()));
    } else if (statement instanceof ResolvedCreateTableStmt create) {
      Map<String, Type> columns = new java.util.LinkedHashMap<>();
      create.getColumnDefinitionList().forEach(column -> columns.put(column.getName(), column.getType()));
      define(create.getNamePath(), columns);
    } else if (statement instanceof ResolvedCreateViewStmt create) {
      define(create.getNamePath(), outputs(create.getOutputColumnList()));
    }
  }

  private static Map<String, Type> names(String... names) {
    Map<String, Type> columns = new java.util.LinkedHashMap<>();
    for (String name : names) columns.put(name, STRING);
    return columns;
  }

  private static Map<String, Type> outputs(List<ResolvedOutputColumn> outputs) {
    Map<String, Type> columns = new java.util.LinkedHashMap<>();
    for (ResolvedOutputColumn output : outputs) {
      ResolvedColumn column = output.getColumn();
      columns.put(output.getName(), column.getType());
    }
    return columns;
  }

  /** In the place of one of that name. */
  private static void define(List<String> path, Map<String, Type> columns) {
    SimpleCatalog home = CATALOG;
    List<String> so = new ArrayList<>();
    for (String part : path.subList(0, path.size() - 1)) {
      so.add(part);
      SimpleCatalog parent = home;
      home = DATASETS.computeIfAbsent(String.join(".", so), ignored -> {
        SimpleCatalog made = new SimpleCatalog(part);
        parent.addSimpleCatalog(made);
        return made;
      });
    }
    String name = path.get(path.size() - 1);
    SimpleTable table = new SimpleTable(name);
    columns.forEach(table::addSimpleColumn);
    if (home.getTable(name, null) != null) home.removeSimpleTable(name);
    home.addSimpleTable(table);
  }
}
