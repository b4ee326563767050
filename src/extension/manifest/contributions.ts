import { type CommandContribution, type CommandName, COMMANDS, commandId } from "./commands.ts";
import { customEditors } from "./custom-editors.ts";
import { CODE_LANGUAGES, GRAMMARS, LANGUAGES, YAML_VALIDATION } from "./languages.ts";
import { MENUS } from "./menus.ts";
import { PANELS } from "./panels.ts";
import { walkthroughs } from "./walkthroughs.ts";
import { type SettingContribution, type SettingName, SETTINGS, settingId } from "./settings.ts";

const entries = <K extends string, V>(table: Readonly<Record<K, V>>): [K, V][] => Object.entries(table) as [K, V][];

/** The parts of package.json that the typed tables determine. scripts/generate-manifest.mjs writes them there. */
export function contributions() {
  return {
    capabilities: {
      untrustedWorkspaces: {
        supported: "limited",
        description:
          "In Restricted Mode, Glassbox opens a model only when you ask for it by a command. Hovers, completion and panels that VS Code restores do not open or run anything.",
        // A workspace can neither say what models run on nor how much memory they take.
        restrictedConfigurations: (Object.keys(SETTINGS) as SettingName[]).map(settingId),
      },
      virtualWorkspaces: { supported: false, description: "Glassbox reads model files from disk." },
    },
    activationEvents: [
      ...Object.values(PANELS).map((viewType) => `onWebviewPanel:${viewType}`),
      ...CODE_LANGUAGES.map((id) => `onLanguage:${id}`),
    ],
    contributes: {
      commands: entries<CommandName, CommandContribution>(COMMANDS).map(([name, command]) => ({
        command: commandId(name),
        ...command,
      })),
      menus: Object.fromEntries(
        entries(MENUS).map(([menu, items]) => [
          menu,
          items.map((item) => ({ ...item, command: commandId(item.command) })),
        ]),
      ),
      customEditors: customEditors(),
      languages: LANGUAGES,
      grammars: GRAMMARS,
      yamlValidation: YAML_VALIDATION,
      walkthroughs: walkthroughs(),
      configuration: {
        title: "Glassbox",
        properties: Object.fromEntries(
          entries<SettingName, SettingContribution>(SETTINGS).map(([name, setting]) => [settingId(name), setting]),
        ),
      },
    },
  };
}
