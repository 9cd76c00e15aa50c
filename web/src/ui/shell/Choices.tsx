import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { useT } from '../../lib/t';
import { type Lang, languages, type Theme, usePrefs } from '../../lib/prefs';
import { Icon, type IconName } from '../icons';

/** Each language in its own words: whoever cannot read the page must still find theirs. */
export const languageNames: Record<Lang, string> = { en: 'English', 'zh-CN': '简体中文' };

const themes: { theme: Theme; icon: IconName }[] = [
  { theme: 'light', icon: 'sun' },
  { theme: 'dark', icon: 'moon' },
  { theme: 'system', icon: 'contrast' },
];

/** Where a choice goes: to the account of whoever is signed in, else only to this device. */
export type Save = (change: { theme?: Theme; language?: Lang }) => void;

export function LanguageMenu({ save }: { save: Save }) {
  const { t, lang: chosen } = useT();
  return (
    <Menu>
      <Menu.Target>
        <Tooltip label={t('shell:language')}>
          <ActionIcon aria-label={t('shell:language')}>
            <Icon name="globe" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((lang) => (
          <Menu.RadioItem key={lang} lang={lang} value={lang} checked={chosen === lang} closeMenuOnClick onChange={() => save({ language: lang })}>
            {languageNames[lang]}
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function ThemeMenu({ save }: { save: Save }) {
  const { t } = useT();
  const { theme: chosen } = usePrefs();
  return (
    <Menu>
      <Menu.Target>
        <Tooltip label={t('shell:theme.label')}>
          <ActionIcon aria-label={t('shell:theme.label')}>
            <Icon name={themes.find(({ theme }) => theme === chosen)?.icon ?? 'sun'} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {themes.map(({ theme, icon }) => (
          <Menu.RadioItem key={theme} value={theme} checked={chosen === theme} closeMenuOnClick onChange={() => save({ theme })} rightSection={<Icon name={icon} />}>
            {t(`shell:theme.${theme}`)}
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
