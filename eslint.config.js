import js from '@eslint/js'
import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

/** Rules that keep a promise of the house, each with its reason in the message. */
const house = {
  'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
  'no-restricted-syntax': [
    'error',
    { selector: "Property[key.name='shell'][value.value=true]", message: 'No shell strings: argv arrays only.' },
    {
      selector: "MemberExpression[object.name='child_process'][property.name=/^exec/]",
      message: 'No shell strings: argv arrays only.',
    },
    {
      selector: 'ImportSpecifier[imported.name=/^(exec|execSync|execFile|execFileSync|execaCommand)$/]',
      message: 'No shell strings, no bounded buffers: spawn or execa with an argv.',
    },
    { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'Content of others stays text.' },
  ],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', prefer: 'type-imports' }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
}

const noAddress =
  'Addresses are data (resources/) or settings, and reached through the network profile (main/core/net).'

export default tseslint.config(
  { ignores: ['dist/', 'release/', 'node_modules/', 'test-results/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...house,
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // i18next, commander and oRPC hand out functions that do not use `this`.
      '@typescript-eslint/unbound-method': 'off',
      'no-undef': 'off',
    },
  },
  {
    // The page's own tsconfig knows no Node, which this file needs; its types are checked with the tests'.
    files: ['renderer/vite.config.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['main/core/**/*.ts'],
    ignores: ['main/core/net/**'],
    rules: {
      'no-restricted-syntax': [
        ...house['no-restricted-syntax'],
        { selector: 'Literal[value=/https?:\\u002F\\u002F\\w/]', message: noAddress },
        { selector: 'TemplateElement[value.raw=/https?:\\u002F\\u002F/]', message: noAddress },
      ],
    },
  },
  { files: ['renderer/**/*.{ts,tsx}'], plugins: { 'react-hooks': hooks }, rules: hooks.configs.recommended.rules },
  {
    files: ['scripts/**/*.mjs', '*.js', '*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        Buffer: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        AbortController: 'readonly',
      },
    },
  },
)
